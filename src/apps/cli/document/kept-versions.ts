// SPDX-License-Identifier: Apache-2.0

import { stateFile } from '#audit/state-file.ts';
import type { ClusterIdentity } from '#model/cluster.ts';

import type { Io } from '../io.ts';

/** A version of a page as the history keeps it. */
export interface KeptVersion {
  readonly atMs: number;
  readonly text: string;
}

type Which = Pick<ClusterIdentity, 'uid' | 'server'>;

/** Another run that writes takes milliseconds; nobody waits at a prompt for one that hangs. */
const WAIT_MS = 2000;

/** The kept versions of a cluster's page, the oldest first. @throws HistoryError */
export async function keptVersions(
  env: Io['env'],
  cluster: Which,
): Promise<readonly KeptVersion[]> {
  const { HistoryStore } = await import('#history/history-store.ts');
  const store = HistoryStore.openToRead(stateFile(env, cluster, 'history'));
  if (store === undefined) return [];
  try {
    return store.documents();
  } finally {
    store.close();
  }
}

/** Keeps a version when it differs from the last one. @throws HistoryError */
export async function keepVersion(
  env: Io['env'],
  cluster: Which,
  { atMs, text }: KeptVersion,
): Promise<void> {
  const { HistoryStore } = await import('#history/history-store.ts');
  const store = HistoryStore.open(stateFile(env, cluster, 'history'), { waitMs: WAIT_MS });
  try {
    store.addDocument(atMs, text);
  } finally {
    store.close();
  }
}
