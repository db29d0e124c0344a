// SPDX-License-Identifier: Apache-2.0

import type { RoleSubject } from '#engine/reader-role.ts';

import { UsageError } from '../usage-error.ts';

/** A name of a namespace or ServiceAccount (RFC 1123; kubernetes@v1.34:staging/src/k8s.io/apimachinery/pkg/util/validation). */
const OBJECT_NAME = /^[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?$/u;

/**
 * Reads `--subject`; without it the ServiceAccount `selvage` in Flannel's namespace.
 *
 * @throws UsageError for anything else than the three forms
 */
export function roleSubject(text: string | undefined, flannelNamespace: string): RoleSubject {
  if (text === undefined) {
    return { kind: 'ServiceAccount', namespace: flannelNamespace, name: 'selvage' };
  }
  const [, kind, name = ''] = /^(user|group):(.+)$/u.exec(text) ?? [];
  if (kind !== undefined) return { kind: kind === 'user' ? 'User' : 'Group', name };
  const [, namespace = '', account = ''] = /^serviceaccount:([^:]+):([^:]+)$/u.exec(text) ?? [];
  if (isObjectName(namespace) && isObjectName(account)) {
    return { kind: 'ServiceAccount', namespace, name: account };
  }
  throw new UsageError(
    `'${text}' names nobody who can have a role.`,
    'Write serviceaccount:NAMESPACE:NAME, user:NAME or group:NAME.',
  );
}

/** Whether a text can be the name of a namespace or ServiceAccount. */
function isObjectName(text: string): boolean {
  return OBJECT_NAME.test(text);
}
