// SPDX-License-Identifier: Apache-2.0

import { type ClusterCollector, apiRead } from '#collectors/define-collector.ts';
import { FactAbsence } from '#collectors/fact-absence.ts';
import { serverVersion, uidOf } from '#sources/kubernetes/objects/service.ts';
import { isSourceError } from '#sources/source-error.ts';

/** Reads what tells this cluster from others. */
export const identityCollector: ClusterCollector<'identity'> = {
  scope: 'cluster',
  fact: 'identity',
  reads: [
    { kind: 'url', path: '/version' },
    { ...apiRead('', 'namespaces', 'get'), name: 'kube-system' },
  ],
  timeoutMs: 60_000,
  collect: async ({ connection, signal }) => {
    const [version, uid] = await Promise.all([
      connection.get({ path: '/version', operation: 'get version', signal }).then(serverVersion),
      connection
        .get({
          path: '/api/v1/namespaces/kube-system',
          operation: 'get namespace kube-system',
          signal,
        })
        .then(uidOf)
        .catch((error: unknown) => {
          if (isSourceError(error, 'forbidden', 'not-found')) return undefined;
          throw error;
        }),
    ]);
    if (version === undefined) {
      throw new FactAbsence('failed', 'The server does not say which version of Kubernetes it is.');
    }
    const { context, server } = connection;
    return { value: { version, context, server, ...(uid !== undefined && { uid }) } };
  },
};
