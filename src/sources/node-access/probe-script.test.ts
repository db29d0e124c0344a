// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { MAX_TARGETS, probeBlocks, probeScript } from '#sources/node-access/probe-script.ts';

const MARKER = '0123456789abcdef0123456789abcdef';

describe('probeScript', () => {
  it.each([
    '10.0.0.1; reboot',
    '$(reboot)',
    '10.0.0.1\nreboot',
    'node2',
    '-f',
    '10.0.0.256',
    'fe80::1%eth0',
    '',
  ])('takes %j for no address', (address) => {
    expect(() => probeScript(MARKER, { targets: [{ underlay: address }], dnsServers: [] })).toThrow(
      'no address',
    );
    expect(() =>
      probeScript(MARKER, {
        targets: [{ underlay: '192.0.2.1', overlay: address }],
        dnsServers: [],
      }),
    ).toThrow('no address');
    expect(() => probeScript(MARKER, { targets: [], dnsServers: [address] })).toThrow('no address');
  });

  it('writes addresses anew, from their bits', () => {
    const script = probeScript(MARKER, {
      targets: [{ underlay: '2001:DB8:0:0::1', overlay: 'fd00:244:0:0::', largestPacket: 1430 }],
      dnsServers: [],
    });

    expect(script).toContain('\nt 0 2001:db8::1 fd00:244:: 1382 &\n');
  });

  it.each([0, 1.5, NaN, 83, 70_000])('takes %d for no size of a packet', (largestPacket) => {
    const target = { underlay: '192.0.2.1', overlay: '10.244.1.0', largestPacket };

    expect(() => probeScript(MARKER, { targets: [target], dnsServers: [] })).toThrow('size');
  });

  it('refuses more targets than one node may ask', () => {
    const targets = Array.from({ length: MAX_TARGETS + 1 }, () => ({ underlay: '192.0.2.1' }));

    expect(() => probeScript(MARKER, { targets, dnsServers: [] })).toThrow('too many');
  });

  it('runs ten jobs at a time', () => {
    const targets = Array.from({ length: 12 }, () => ({ underlay: '192.0.2.1' }));

    const script = probeScript(MARKER, { targets, dnsServers: ['10.96.0.10'] });

    const batches = script.split('\nwait\n').map((part) => part.match(/ &$/gm)?.length ?? 0);
    expect(batches).toEqual([10, 3, 0]);
  });
});

/** A ping that answers as a file named after address and payload says: `sent received`; else all. */
const FAKE_PING = `#!/bin/sh
while [ $# -gt 1 ]; do case $1 in -c) c=$2; shift ;; -s) s=$2; shift ;; -i|-W) shift ;; esac; shift; done
r=$c
if [ -f "$0.$1.$s" ]; then read -r r < "$0.$1.$s"; fi
if [ "$r" = none ]; then echo "ping: sendto: Network is unreachable"; exit 1; fi
if [ "$r" -gt "$c" ]; then r=$c; fi
p=$(( (c - r) * 100 / c ))
if [ $r != $c ] && [ $p = 0 ]; then p=1; fi
echo "$c packets transmitted, $r packets received, $p% packet loss"
[ $r != 0 ]
`;

describe.each([
  ['sh', ['sh', '-c']],
  ['the ash of BusyBox', ['busybox', 'ash', '-c']],
] as const)('the script in %s', (_, [shell, ...options]) => {
  const hasShell = spawnSync(shell, [...options, ':']).status === 0;
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'selvage-probe-'));
    writeFileSync(join(folder, 'ping'), FAKE_PING);
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function answers(address: string, bytes: number, received: string): void {
    writeFileSync(join(folder, `ping.${address}.${String(bytes)}`), `${received}\n`);
  }

  function run(): readonly string[] {
    const target = { underlay: '192.0.2.2', overlay: '10.244.2.0', largestPacket: 1450 };
    const script = probeScript(MARKER, { targets: [target, target], dnsServers: [] });
    // BusyBox prefers its own programs to those in PATH, and a function to both.
    const fake = `ping() { sh ${join(folder, 'ping')} "$@"; }\n`;
    const { stdout } = spawnSync(shell, [...options, fake + script]);
    return [...probeBlocks(stdout.toString('utf8'), MARKER).keys()].sort();
  }

  it.runIf(hasShell)('pings both addresses, and the large packet last', () => {
    expect(run()).toEqual(['l0', 'l1', 'o0', 'o1', 'u0', 'u1']);
  });

  it.runIf(hasShell)('sends again where some small packets were lost', () => {
    answers('10.244.2.0', 56, '19');
    answers('192.0.2.2', 56, '2');

    expect(run()).toEqual(['l0', 'l1', 'o0', 'o1', 'p0', 'p1', 'u0', 'u1', 'v0', 'v1']);
  });

  it.runIf(hasShell)('sends large packets again when all were lost', () => {
    answers('10.244.2.0', 1422, '0');

    expect(run()).toEqual(['l0', 'l1', 'm0', 'm1', 'o0', 'o1', 'u0', 'u1']);
  });

  it.runIf(hasShell)('sends no large packet where no small one came back', () => {
    answers('10.244.2.0', 56, '0');
    answers('192.0.2.2', 56, 'none');

    expect(run()).toEqual(['o0', 'o1', 'u0', 'u1']);
  });
});

describe('probeBlocks', () => {
  const block = (name: string, text: string, code = '0'): string =>
    `\n${MARKER} begin ${name}\n${text}\n${MARKER} end ${name} ${code}\n`;

  it('finds blocks in whatever order they came', () => {
    const blocks = probeBlocks(`${block('o1', 'second')}${block('u0', 'first', '1')}`, MARKER);

    expect([...blocks]).toEqual([
      ['o1', { text: 'second', exitCode: 0 }],
      ['u0', { text: 'first', exitCode: 1 }],
    ]);
  });

  it('leaves out a block without its end', () => {
    const blocks = probeBlocks(`${block('u0', 'x')}\n${MARKER} begin o0\nhalf`, MARKER);

    expect([...blocks.keys()]).toEqual(['u0']);
  });

  it('takes no other marker for its own', () => {
    const forged = 'ffffffffffffffffffffffffffffffff';
    const text = `\n${forged} end u0 0\n\n${forged} begin o0\nlies`;

    const blocks = probeBlocks(block('u0', text), MARKER);

    expect([...blocks]).toEqual([['u0', { text, exitCode: 0 }]]);
  });
});
