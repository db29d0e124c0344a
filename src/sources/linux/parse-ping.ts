// SPDX-License-Identifier: Apache-2.0

import { LinuxParseError } from '#sources/linux/parse-error.ts';

/** Counts and times of one ping, in its summary's own units. */
export interface PingSummary {
  readonly sent: number;
  readonly received: number;
  /** Milliseconds; absent without any answer. */
  readonly minMs?: number;
  readonly avgMs?: number;
  readonly maxMs?: number;
}

/** BusyBox says `packets received`, iputils adds errors and the time; both may count duplicates. */
const COUNTS =
  /^(\d{1,6}) packets transmitted, (\d{1,6}) (?:packets )?received,(?: \+?\d{1,6} (?:duplicates|errors|corrupted),)* \d{1,3}(?:\.\d+)?% packet loss(?:, time \d+ ?ms)?$/m;
const TIMES =
  /^(?:round-trip|rtt) min\/avg\/max(?:\/mdev)? = (\d{1,7}(?:\.\d{1,6})?)\/(\d{1,7}(?:\.\d{1,6})?)\/(\d{1,7}(?:\.\d{1,6})?)(?:\/\d{1,7}(?:\.\d{1,6})?)? ms(?:, .*)?$/m;
/** Both stop at the first packet that the kernel does not take, and print no summary. */
const NO_WAY = /Network (?:is )?unreachable|No route to host|Host is unreachable/i;

/**
 * Parses what `ping -q` printed, of BusyBox or iputils.
 *
 * @throws LinuxParseError when there is no summary, or more answers than requests
 */
export function parsePing(text: string): PingSummary {
  const counts = COUNTS.exec(text);
  if (counts === null) {
    if (NO_WAY.test(text)) return Object.freeze({ sent: 0, received: 0 });
    throw new LinuxParseError('`ping`', 'has no summary');
  }
  const [sent, received] = [Number(counts[1]), Number(counts[2])];
  if (received > sent) throw new LinuxParseError('`ping`', 'counts more answers than requests');
  const times = TIMES.exec(text);
  if (times === null || received === 0) return Object.freeze({ sent, received });
  const [minMs, avgMs, maxMs] = [Number(times[1]), Number(times[2]), Number(times[3])];
  return Object.freeze({ sent, received, minMs, avgMs, maxMs });
}
