// SPDX-License-Identifier: Apache-2.0

import { CHECKS } from '#engine/registry.generated.ts';
import { nearestId } from '#engine/select-checks.ts';
import type { Suppression } from '#model/suppression.ts';
import { isSourceError } from '#sources/source-error.ts';

import type { Io } from '../io.ts';
import { UsageError } from '../usage-error.ts';
import type { CheckFlags } from './check-flags.ts';

/**
 * What `--suppressions` asks for; undefined without it.
 *
 * @throws UsageError for a file that cannot be read or used, and for ids of checks that do not exist: who names a
 *   file that is wrong gets no report that says otherwise
 */
export async function loadSuppressions(
  { suppressions: file }: Pick<CheckFlags, 'suppressions'>,
  { program }: Pick<Io, 'program'>,
): Promise<readonly Suppression[] | undefined> {
  if (file === undefined) return undefined;
  const { readSuppressions } = await import('#sources/suppressions/read-suppressions.ts');
  const entries = await readSuppressions(file).catch(asUsageError);
  const ids = CHECKS.map(({ id }) => id);
  const wrong = entries.find(({ check }) => !ids.includes(check));
  if (wrong === undefined) return entries;
  const nearest = nearestId(wrong.check, ids);
  throw new UsageError(
    `The file ${file} suppresses a check that does not exist, '${wrong.check}'.${nearest === undefined ? '' : ` Did you mean ${nearest}?`}`,
    `List the ids with '${program} explain'.`,
  );
}

function asUsageError(error: unknown): never {
  if (!isSourceError(error)) throw error;
  throw new UsageError(error.message, error.hint);
}
