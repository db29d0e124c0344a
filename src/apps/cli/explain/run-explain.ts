// SPDX-License-Identifier: Apache-2.0

import { CHECKS } from '#engine/registry.generated.ts';
import { nearestId } from '#engine/select-checks.ts';
import { renderPage } from '#render/terminal/render-page.ts';

import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { terminalTraits } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { checkPage } from './check-page.ts';

/**
 * `selvage explain`: the page of one check, or all ids with their titles. Asks no cluster.
 *
 * @throws UsageError for an id that is none.
 */
export async function runExplain(
  id: string | undefined,
  flags: { readonly color: boolean },
  io: Io,
): Promise<number> {
  if (id === undefined) {
    io.stdout.write(allChecks(io));
    return EXIT.healthy;
  }
  rejectUnknown(id, io);
  io.stdout.write(renderPage(await checkPage(id), terminalTraits(io, !flags.color)));
  return EXIT.healthy;
}

function allChecks({ program }: Io): string {
  const width = Math.max(...CHECKS.map(({ id }) => id.length));
  const rows = CHECKS.map(
    ({ id, title, severity }) => `${id.padEnd(width)}  ${severity.padEnd(8)}  ${title}`,
  );
  return `${[...rows, '', `More about one: ${program} explain <id>`].join('\n')}\n`;
}

function rejectUnknown(id: string, { program }: Io): void {
  const ids = CHECKS.map((check) => check.id);
  if (ids.includes(id)) return;
  const nearest = nearestId(id, ids);
  throw new UsageError(
    `There is no check '${id}'.${nearest === undefined ? '' : ` Did you mean ${nearest}?`}`,
    `List the ids with '${program} explain'.`,
  );
}
