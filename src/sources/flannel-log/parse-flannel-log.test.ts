// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseFlannelLog } from '#sources/flannel-log/parse-flannel-log.ts';

const READ_AT = '2026-11-24T12:00:00.000Z';

function line(second: number, text: string): string {
  const at = `2026-11-24T11:59:${String(second).padStart(2, '0')}.123456789Z`;
  return `${at} E1124 11:59:00.123456       1 main.go:384] ${text}\n`;
}

describe('parseFlannelLog', () => {
  it('counts lines of one kind, with the first and last time and the last text', () => {
    const text = [
      line(1, 'Running backend.'),
      line(2, 'Failed to ensure iptables rules: exit status 4'),
      line(9, 'Failed to ensure iptables rules: exit status 3'),
    ].join('');

    expect(parseFlannelLog(text, READ_AT)).toEqual({
      readAt: READ_AT,
      lines: 3,
      matches: [
        {
          id: 'running',
          count: 1,
          firstAt: '2026-11-24T11:59:01.000Z',
          lastAt: '2026-11-24T11:59:01.000Z',
          lastLine: 0,
          text: 'Running backend.',
        },
        {
          id: 'rules-failing',
          count: 2,
          firstAt: '2026-11-24T11:59:02.000Z',
          lastAt: '2026-11-24T11:59:09.000Z',
          lastLine: 2,
          text: 'Failed to ensure iptables rules: exit status 3',
        },
      ],
    });
  });

  it.each([
    [
      'api-forbidden',
      `Failed to create SubnetManager: error retrieving pod spec for 'kube-flannel/x': pods "x" is forbidden`,
    ],
    [
      'api-unreachable',
      `Failed to create SubnetManager: error retrieving pod spec for 'kube-flannel/x': Get "https://10.96.0.1:443/api": dial tcp 10.96.0.1:443: i/o timeout`,
    ],
    [
      'pod-cidr-not-assigned',
      'Error registering network: failed to acquire lease: node "w1" pod cidr not assigned',
    ],
    [
      'watch-failing',
      'k8s.io/client-go@v0.29.6/tools/cache/reflector.go:229: Failed to watch *v1.Node: failed to list *v1.Node: Unauthorized',
    ],
    ['vxlan-taken', 'Error registering network: failed to create vxlan device: file exists'],
  ])('knows %s', (id, text) => {
    expect(parseFlannelLog(line(1, text), READ_AT).matches.map((match) => match.id)).toEqual([id]);
  });

  it('knows the line of a panic, which has no head', () => {
    const text =
      '2026-11-24T11:59:01Z panic: runtime error: index out of range [0] with length 0\n';

    expect(parseFlannelLog(text, READ_AT).matches).toMatchObject([{ id: 'link-loss-panic' }]);
  });

  it('keeps no line that means nothing, and no token', () => {
    const token = `eyJhbGciOi.${'a'.repeat(60)}.sig`;
    const text =
      line(1, `token=${token}`) +
      line(2, `Failed to watch *v1.Node: Bearer abc.def ${token} refused\u001b[31m`);

    const kept = JSON.stringify(parseFlannelLog(text, READ_AT));

    expect(kept).toContain('Failed to watch *v1.Node: [redacted] [redacted] refused');
    expect(kept).not.toMatch(/eyJ|abc\.def|aaaa|\u001b/);
  });

  it('takes any text, and keeps little of it', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ maxLength: 5000 }), (text, rest) => {
        const log = parseFlannelLog(
          `${text}\n${line(1, `Failed to watch *v1.Node: ${rest}`)}`,
          READ_AT,
        );
        for (const match of log.matches) expect(match.text.length).toBeLessThanOrEqual(200);
      }),
    );
  });
});

describe('the time of a line', () => {
  it.each(['9999-12-31T23:59:59-01:00', '0000-01-01T00:00:00+01:00', '2026-11-31T99:00:00Z'])(
    'such as %s, which a bundle could not hold, makes it no line',
    (at) => {
      const { lines, matches } = parseFlannelLog(`${at} Running backend.\n`, READ_AT);

      expect(lines).toBe(1);
      expect(matches).toEqual([]);
    },
  );
});
