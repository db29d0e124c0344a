// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { cutText } from '#sources/plain-text.ts';

/** Longest quantity that is kept; the longest legal one is far shorter. */
const MAX_QUANTITY = 100;

/** Resources by name (`cpu`, `requests.memory`) as quantities, which are texts; numbers are taken as well. */
export type RawAmounts = Readonly<Record<string, string>>;

const RAW_NONE: RawAmounts = Object.freeze({});

/** Amounts of resources as the API has them; none when they are none. */
export const amounts: z.ZodMiniType<RawAmounts> = z.catch(
  z.pipe(z.record(z.string(), z.unknown()), z.transform(quantitiesOf)),
  () => RAW_NONE,
);

/** Requests and limits of a container. */
export const resources: z.ZodMiniType<{
  readonly requests: RawAmounts;
  readonly limits: RawAmounts;
}> = z.catch(z.object({ requests: amounts, limits: amounts }), () => ({
  requests: RAW_NONE,
  limits: RAW_NONE,
}));

function quantitiesOf(record: Record<string, unknown>): RawAmounts {
  const kept: [string, string][] = [];
  for (const [key, value] of Object.entries(record)) {
    if (typeof value === 'string') kept.push([key, cutText(value, MAX_QUANTITY)]);
    if (typeof value === 'number') kept.push([key, String(value)]);
  }
  return kept.length === 0 ? RAW_NONE : Object.fromEntries(kept);
}
