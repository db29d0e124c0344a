// SPDX-License-Identifier: Apache-2.0

import { type Fact, absent, observed } from '#model/fact.ts';
import type { UsageReading } from '#model/resources.ts';
import { deepFreeze } from '#collectors/deep-freeze.ts';
import { absenceOf } from '#collectors/fact-absence.ts';
import type { UsageAnswer, UsageRequest, UsageSource } from '#collectors/resources/usage-source.ts';
import { isSourceError } from '#sources/source-error.ts';

/** Age of an origin's newest value, by the API server's clock, from which on the next origin is asked as well. */
const OLD_MS = 5 * 60_000;

/**
 * Usage from the first origin that has any of late; from one that has only old values when no other has better.
 *
 * @throws SourceError when it was cancelled
 */
export async function readUsage(
  sources: readonly UsageSource[],
  request: UsageRequest,
): Promise<Fact<UsageReading>> {
  const passedOver: UsageReading['passedOver'][number][] = [];
  let old: Omit<UsageReading, 'passedOver'> | undefined;
  for (const { origin, read } of sources) {
    try {
      const reading = { origin, ...(await read(request)) };
      const why = whyPassedOver(reading, request);
      if (why === undefined) return finished(reading, passedOver);
      if (newestMs(reading) !== undefined) old ??= reading;
      passedOver.push({ origin, why });
    } catch (error) {
      if (isSourceError(error, 'cancelled')) throw error;
      passedOver.push({ origin, why: absenceOf(error).detail });
    }
  }
  if (old === undefined) return absent('failed', allReasons(passedOver));
  const taken = old.origin;
  return finished(
    old,
    passedOver.filter(({ origin }) => origin !== taken),
  );
}

function finished(
  reading: Omit<UsageReading, 'passedOver'>,
  passedOver: UsageReading['passedOver'],
): Fact<UsageReading> {
  return observed(
    deepFreeze({ ...reading, passedOver }),
    new Date().toISOString(),
    reading.through,
  );
}

function whyPassedOver(answer: UsageAnswer, { connection }: UsageRequest): string | undefined {
  const newest = newestMs(answer);
  if (newest === undefined) return 'It has no values at all.';
  const ageMs = Date.now() + (connection.clockAheadMs() ?? 0) - newest;
  if (ageMs < OLD_MS) return undefined;
  return `Its newest value is ${String(Math.floor(ageMs / 60_000))} minutes old by the API server's clock.`;
}

function newestMs({ nodes, containers }: UsageAnswer): number | undefined {
  let newest: number | undefined;
  for (const { at } of [...nodes, ...containers]) {
    const atMs = Date.parse(at);
    if (newest === undefined || atMs > newest) newest = atMs;
  }
  return newest;
}

function allReasons(passedOver: UsageReading['passedOver']): string {
  if (passedOver.length === 0) return 'Nobody was asked.';
  return passedOver.map(({ origin, why }) => `${origin}: ${why}`).join(' ');
}
