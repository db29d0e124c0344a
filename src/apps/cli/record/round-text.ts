// SPDX-License-Identifier: Apache-2.0

import { escapeInvisible } from '#render/json/render-report.ts';
import type { StoredRound } from '#history/history-store.ts';
import type { UsePicture } from '#model/resources.ts';
import { counted } from '#render/terminal/names.ts';
import { printableText } from '#render/terminal/printable-text.ts';

/** One round, read and kept. */
export interface RecordedRound {
  readonly picture: UsePicture;
  readonly stored: StoredRound;
  /** Whether there was something to keep. */
  readonly isKept: boolean;
  readonly file: string;
}

/** Nodes told one by one. */
const MAX_TOLD = 3;

/** A round in one line. */
export function roundText({
  picture,
  stored: { stored, repeated, nodes, leftOut, why },
}: RecordedRound): string {
  if (why !== undefined) return printableText(`${picture.readAt} nothing kept: ${why}`, false);
  const { usage } = picture;
  const parts = [
    `${keptText(stored, nodes)} kept${usage.state === 'observed' ? `, from ${usage.value.origin}` : ''}`,
    ...(repeated > 0 ? [`${String(repeated)} not measured anew since the last time`] : []),
    ...[...leftOut].map(([reason, count]) => `${String(count)} left out: ${reason}`),
    ...missingText(picture),
  ];
  return printableText(`${picture.readAt} ${parts.join('; ')}`, false);
}

function keptText(containers: number, nodes: number): string {
  const text = counted(containers, 'container');
  return nodes === 0 ? text : `${text} and ${counted(nodes, 'node')}`;
}

/** A round as one line of JSON. */
export function roundJson({ picture, stored, file }: RecordedRound): string {
  const { usage } = picture;
  const reading = usage.state === 'observed' ? usage.value : undefined;
  return escapeInvisible(
    JSON.stringify({
      at: picture.readAt,
      kept: stored.stored,
      nodes: stored.nodes,
      repeated: stored.repeated,
      leftOut: Object.fromEntries(stored.leftOut),
      ...(stored.why !== undefined && { why: stored.why }),
      ...(reading && { origin: reading.origin, missing: reading.missing }),
      file,
    }),
  );
}

function missingText({ usage }: UsePicture): readonly string[] {
  if (usage.state === 'absent') return [];
  const { missing } = usage.value;
  const rest = missing.length - MAX_TOLD;
  return [
    ...missing.slice(0, MAX_TOLD).map(({ node, why }) => `node ${node} not read: ${why}`),
    ...(rest > 0 ? [`${String(rest)} more nodes not read`] : []),
  ];
}
