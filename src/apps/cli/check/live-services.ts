// SPDX-License-Identifier: Apache-2.0

import type { ConnectOptions } from '#sources/kubernetes/connect-options.ts';

import type { ConnectionFlags } from '../connection-flags.ts';
import type { Io } from '../io.ts';
import type { CheckServices } from './run-check.ts';

/** The longest delay that timers know, milliseconds; stands for none, as kubectl's `--request-timeout=0` asks. */
const NO_LIMIT_MS = 2_147_483_647;

/**
 * The services for a real cluster, with the kubeconfig that the environment names. The Kubernetes client is loaded
 * when it is needed: a wrong command line is told at once.
 */
export function liveServices(env: Io['env']): CheckServices {
  return {
    async collect(flags, request) {
      const { readCluster } = await import('#engine/read-cluster.ts');
      return readCluster({ ...connectOptions(flags), env }, request);
    },
  };
}

/** kubectl's flags as the options of a connection. */
export function connectOptions(flags: ConnectionFlags): ConnectOptions {
  const { asGroup, requestTimeout, ...same } = flags;
  return {
    kubeconfig: same.kubeconfig,
    context: same.context,
    cluster: same.cluster,
    user: same.user,
    as: same.as,
    asGroups: asGroup,
    asUid: same.asUid,
    server: same.server,
    token: same.token,
    tlsServerName: same.tlsServerName,
    certificateAuthority: same.certificateAuthority,
    clientCertificate: same.clientCertificate,
    clientKey: same.clientKey,
    insecureSkipTlsVerify: same.insecureSkipTlsVerify,
    requestTimeoutMs: requestTimeout === 0 ? NO_LIMIT_MS : requestTimeout,
  };
}
