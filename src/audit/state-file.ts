// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';

import type { AuditCluster } from '#audit/audit-record.ts';

/** A kind of file that is kept of each cluster, in its own folder. */
export type StateKind = 'audit' | 'history' | 'health';

const SUFFIX: Readonly<Record<StateKind, string>> = {
  audit: 'jsonl',
  history: 'sqlite',
  health: 'json',
};

/**
 * Where a file about a cluster lies: `$XDG_STATE_HOME/selvage/<kind>/<UID>.<suffix>`, by default below
 * `~/.local/state`. A cluster without a readable UID is told by its server's address.
 */
export function stateFile(
  env: Readonly<Record<string, string | undefined>>,
  { uid, server }: Pick<AuditCluster, 'uid' | 'server'>,
  kind: StateKind,
): string {
  const state = env['XDG_STATE_HOME'] ?? '';
  const home = env['HOME'] ?? homedir();
  const folder = state.startsWith('/') ? state : join(home, '.local', 'state');
  const named = uid !== undefined && /^[A-Za-z0-9-]{1,64}$/.test(uid);
  const name = named
    ? uid
    : `server-${createHash('sha256').update(server).digest('hex').slice(0, 16)}`;
  return join(folder, 'selvage', kind, `${name}.${SUFFIX[kind]}`);
}
