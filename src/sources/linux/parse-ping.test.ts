// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseNslookup } from '#sources/linux/parse-nslookup.ts';
import { LinuxParseError } from '#sources/linux/parse-error.ts';
import { parsePing } from '#sources/linux/parse-ping.ts';

const BUSYBOX = `PING 10.244.2.0 (10.244.2.0): 56 data bytes

--- 10.244.2.0 ping statistics ---
20 packets transmitted, 19 packets received, 5% packet loss
round-trip min/avg/max = 0.136/0.188/0.476 ms
`;
const IPUTILS = `PING 10.244.2.0 (10.244.2.0) 56(84) bytes of data.

--- 10.244.2.0 ping statistics ---
3 packets transmitted, 2 received, 33.3333% packet loss, time 61ms
rtt min/avg/max/mdev = 0.039/0.051/0.063/0.012 ms
`;

describe('parsePing', () => {
  it('reads the summary of BusyBox', () => {
    const summary = parsePing(BUSYBOX);

    expect(summary).toEqual({ sent: 20, received: 19, minMs: 0.136, avgMs: 0.188, maxMs: 0.476 });
  });

  it('reads the summary of iputils', () => {
    const summary = parsePing(IPUTILS);

    expect(summary).toEqual({ sent: 3, received: 2, minMs: 0.039, avgMs: 0.051, maxMs: 0.063 });
  });

  it.each([
    [
      'nothing came back to BusyBox',
      '20 packets transmitted, 0 packets received, 100% packet loss',
      { sent: 20, received: 0 },
    ],
    [
      'iputils counts errors',
      '3 packets transmitted, 0 received, +3 errors, 100% packet loss, time 2032ms',
      { sent: 3, received: 0 },
    ],
    [
      'answers came twice',
      '3 packets transmitted, 3 packets received, 1 duplicates, 0% packet loss',
      { sent: 3, received: 3 },
    ],
    ['there is no route', 'ping: sendto: Network is unreachable', { sent: 0, received: 0 }],
    ['musl says it shorter', 'ping: sendto: Network unreachable', { sent: 0, received: 0 }],
  ])('reads it when %s', (_, text, expected) => {
    expect(parsePing(text)).toEqual(expected);
  });

  it.each([
    '',
    'ping: permission denied (are you root?)',
    'sh: ping: not found',
    '3 packets transmitted, 4 packets received, -33% packet loss',
    '3 packets transmitted, 9 packets received, 0% packet loss',
    '3 packets transmitted',
  ])('refuses %j', (text) => {
    expect(() => parsePing(text)).toThrow(LinuxParseError);
  });

  it('reads back any summary, and never counts more answers than requests', () => {
    const counts = fc.tuple(fc.nat(9999), fc.nat(9999));
    const property = fc.property(counts, ([a, b]) => {
      const [received, sent] = [Math.min(a, b), Math.max(a, b)];
      const text = `${String(sent)} packets transmitted, ${String(received)} packets received, 7% packet loss`;

      expect(parsePing(text)).toEqual({ sent, received });
    });

    expect(() => {
      fc.assert(property);
    }).not.toThrow();
  });

  it('throws nothing but its own error for any text', () => {
    const property = fc.property(fc.string({ unit: 'binary' }), (text) => {
      try {
        parsePing(text);
      } catch (error) {
        if (!(error instanceof LinuxParseError)) throw error;
      }
    });

    expect(() => {
      fc.assert(property);
    }).not.toThrow();
  });
});

describe('parseNslookup', () => {
  const head = 'Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n';

  it.each([
    [
      'an address',
      `${head}Name:\tkubernetes.default.svc.cluster.local\nAddress: 10.96.0.1\n`,
      0,
      'answered',
    ],
    ['no such name', `${head}** server can't find kubernetes…: NXDOMAIN\n`, 1, 'answered'],
    ['no address of that kind', `${head}*** Can't find kubernetes…: No answer\n`, 0, 'answered'],
    ['an error of the server', `${head}** server can't find kubernetes…: SERVFAIL\n`, 1, 'failed'],
    ['a refusal', `${head}** server can't find kubernetes…: REFUSED\n`, 1, 'failed'],
    ['silence', ';; connection timed out; no servers could be reached\n', 1, 'silent'],
    ['nobody who listens', 'nslookup: read: Connection refused', 143, 'silent'],
    ['the end of its time, in BusyBox', '', 143, 'silent'],
    ['the end of its time, in coreutils', '', 124, 'silent'],
    ['a container without the program', 'sh: timeout: not found', 127, undefined],
    ['something else', 'Usage: nslookup', 1, undefined],
  ])('tells %s', (_, text, exitCode, expected) => {
    expect(parseNslookup(text, exitCode)).toBe(expected);
  });
});
