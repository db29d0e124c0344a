// SPDX-License-Identifier: Apache-2.0

import type { HealthItem, HealthReport, HealthState } from '#report/health-report.ts';

import { abridged } from '../terminal/names.ts';

/** From the gravest to the mildest. */
const STATES: readonly HealthState[] = ['critical', 'warning', 'unknown', 'note', 'well'];

/** The word for each state, in ASCII: a subject of a mail is to survive every program. */
export const STATE_WORDS: Readonly<Record<HealthState, string>> = {
  critical: 'CRITICAL',
  warning: 'WARNING',
  unknown: 'UNKNOWN',
  note: 'NOTE',
  well: 'OK',
};

/** The gravest state of some items. A note is well. */
export function gravest(items: readonly HealthItem[]): Exclude<HealthState, 'note'> {
  const found = STATES.find((state) => items.some((item) => item.state === state)) ?? 'unknown';
  return found === 'note' ? 'well' : found;
}

/** The whole report in one line, as the subject of a mail: state, routine, cluster, and what it is about. */
export function verdictLine({ routine, cluster, items }: HealthReport): string {
  const state = gravest(items);
  const where = cluster.context === '' ? cluster.server : cluster.context;
  return `${STATE_WORDS[state]} ${routine} ${where}: ${reasonText(items, state)}`;
}

function reasonText(items: readonly HealthItem[], state: HealthState): string {
  if (state === 'well') {
    const [nodes, flannel] = (['nodes', 'flannel'] as const).map((id) =>
      items.find((item) => item.id === id),
    );
    return [nodes, flannel].flatMap((item) => item?.summary ?? []).join(', ');
  }
  const grave = STATES.slice(0, 3).flatMap((each) => items.filter((item) => item.state === each));
  return abridged(
    grave.map(({ title, summary }) => `${title}: ${summary}`),
    2,
  );
}
