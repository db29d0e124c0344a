// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseUdpCounters } from '#sources/linux/parse-udp-counters.ts';

/** Of Linux 6.18, reduced as the script reduces it. */
const NODE = `Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors
Udp: 630 6 7 638 0 0 5 0 0
Udp6InDatagrams                 \t41
Udp6InErrors                    \t0
Udp6InCsumErrors                \t3
`;

describe('parseUdpCounters', () => {
  it('reads both families', () => {
    expect(parseUdpCounters(NODE)).toEqual([
      { family: 4, inDatagrams: 630, inCsumErrors: 5 },
      { family: 6, inDatagrams: 41, inCsumErrors: 3 },
    ]);
  });

  it('leaves out a family whose kernel does not count checksums', () => {
    const text = 'Udp: InDatagrams NoPorts InErrors OutDatagrams\nUdp: 630 6 7 638\n';

    expect(parseUdpCounters(text)).toEqual([]);
  });

  it.each(['Udp: InDatagrams InCsumErrors\n', 'Udp: InDatagrams InCsumErrors\nUdp: 1 -5\n', ''])(
    'takes nothing from %j',
    (text) => {
      expect(parseUdpCounters(text)).toEqual([]);
    },
  );

  it('never throws, whatever the text', () => {
    const line = fc.constantFrom('Udp: ', 'Udp: InDatagrams InCsumErrors', 'Udp6InDatagrams 1');
    fc.assert(
      fc.property(fc.array(fc.oneof(line, fc.string())), (lines) => {
        expect(parseUdpCounters(lines.join('\n')).length).toBeLessThanOrEqual(2);
      }),
    );
  });
});
