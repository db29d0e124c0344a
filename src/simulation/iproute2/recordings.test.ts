// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Kernel } from '#simulation/kernel/kernel.ts';
import { prefixOf } from '#simulation/kernel/prefix.ts';
import type { ExecResult } from '#simulation/workload-backend.ts';
import { bridge } from './bridge.ts';
import { busyboxIp } from './busybox-ip.ts';
import { ip } from './ip.ts';

/** The state that `recordings/record.sh` makes before it records. */
function recordedNode(): Kernel {
  const kernel = new Kernel();
  kernel.addLink({ name: 'lo', kind: 'loopback', mac: '00:00:00:00:00:00', mtu: 65536 });
  kernel.addAddress('lo', { family: 4, local: '127.0.0.1', prefixLength: 8, scope: 'host' });
  kernel.addAddress('lo', { family: 6, local: '::1', prefixLength: 128, scope: 'host' });
  kernel.setUp('lo', true);
  kernel.addLink({ name: 'eth0', kind: 'veth', mac: '02:42:0a:d5:00:0b', mtu: 1500, peerIndex: 2 });
  kernel.setUp('eth0', true);
  kernel.addAddress('eth0', {
    family: 4,
    local: '192.168.1.223',
    prefixLength: 24,
    scope: 'global',
  });
  kernel.addAddress('eth0', {
    family: 6,
    local: 'fd00:1::1',
    prefixLength: 64,
    scope: 'global',
    nodad: true,
  });
  kernel.setRoute(
    {
      type: 'unicast',
      prefix: prefixOf('0.0.0.0/0'),
      gateway: '192.168.1.1',
      protocol: 'boot',
      scope: 'global',
      metric: 0,
      onlink: false,
    },
    'add',
  );
  const tunnel = { vni: 1, lower: 'eth0', port: 4789, learning: false };
  kernel.addLink({
    name: 'flannel.1',
    kind: 'vxlan',
    mac: '8e:47:11:22:33:01',
    mtu: 1450,
    vxlan: { ...tunnel, local: '192.168.1.223' },
  });
  kernel.setUp('flannel.1', true);
  kernel.addAddress('flannel.1', {
    family: 4,
    local: '10.244.3.0',
    prefixLength: 32,
    scope: 'global',
  });
  kernel.addLink({
    name: 'flannel-v6.1',
    kind: 'vxlan',
    mac: '8e:47:11:22:33:a1',
    mtu: 1450,
    vxlan: { ...tunnel, local: 'fd00:1::1' },
  });
  kernel.setUp('flannel-v6.1', true);
  kernel.addAddress('flannel-v6.1', {
    family: 6,
    local: 'fd00:244:3::',
    prefixLength: 128,
    scope: 'global',
    nodad: true,
  });
  kernel.addLink({ name: 'cni0', kind: 'bridge', mac: '5e:11:22:33:44:01', mtu: 1450 });
  addPodLink(kernel);
  kernel.setUp('cni0', true);
  kernel.addAddress('cni0', {
    family: 4,
    local: '10.244.3.1',
    prefixLength: 24,
    broadcast: '10.244.3.255',
    scope: 'global',
  });
  return kernel;
}

function addPodLink(kernel: Kernel): void {
  kernel.addLink({
    name: 'veth1',
    kind: 'veth',
    mac: '5e:11:22:33:44:55',
    mtu: 1450,
    master: 'cni0',
    peerIndex: kernel.findLink('flannel.1') === undefined ? 4 : 3,
  });
  // A bridge has no carrier, and so no IPv6 address, before its first port.
  kernel.setUp('veth1', true);
}

interface Recorded {
  readonly command: string;
  readonly result: ExecResult;
}

function readRecording(name: string): Recorded[] {
  const text = readFileSync(new URL(`recordings/${name}`, import.meta.url), 'utf8');
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((block) => {
      const [command = '', ...lines] = block.trimEnd().split('\n');
      const stream = (mark: string): string =>
        lines
          .filter((line) => line.startsWith(mark))
          .map((line) => `${line.slice(mark.length)}\n`)
          .join('');
      const exitCode = Number(lines.at(-1)?.replace('= ', ''));
      return { command, result: { stdout: stream('1|'), stderr: stream('2|'), exitCode } };
    });
}

/** Timers and packet counters are the only values that differ between two recordings. */
function withoutCounters(text: string): string {
  return text
    .replace(/(_timer"?:?) *[\d.]+/g, '$1T')
    .replace(/"(bytes|packets|dropped|multicast)":\d+/g, '"$1":N')
    .replace(/^ +\d+ +\d+ +\d+ +\d+ +\d+ +\d+ $/gm, 'N');
}

describe('iproute2 against its recording', () => {
  const kernel = recordedNode();
  const recording = readRecording('iproute2.txt').map((recorded, index) => ({
    ...recorded,
    title: `${String(index + 1)}: ${recorded.command}`,
  }));

  it.each(recording)('prints what was recorded for $title', ({ command, result }) => {
    const [program, ...argv] = command.split(' ');

    const actual = program === 'bridge' ? bridge(kernel, argv) : ip(kernel, argv);

    expect(withoutCounters(actual.stdout)).toBe(withoutCounters(result.stdout));
    expect(actual.stderr).toBe(result.stderr);
    expect(actual.exitCode).toBe(result.exitCode);
  });
});

describe('BusyBox ip against its recording', () => {
  // The recording begins where that of iproute2 ends, after flannel.1 was made anew.
  const kernel = recordedNode();
  kernel.deleteLink('flannel.1');
  kernel.deleteLink('veth1');
  kernel.deleteAddress('flannel-v6.1', 'fd00:244:3::');
  kernel.setUp('flannel-v6.1', false);
  kernel.setUp('flannel-v6.1', true);
  addPodLink(kernel);
  kernel.addLink({
    name: 'flannel.1',
    kind: 'vxlan',
    mac: '8e:47:11:22:33:01',
    mtu: 1450,
    vxlan: { vni: 1, lower: 'eth0', port: 4789, learning: false, local: '192.168.1.223' },
  });
  kernel.addAddress('flannel.1', {
    family: 4,
    local: '10.244.3.0',
    prefixLength: 32,
    scope: 'global',
  });
  kernel.setUp('flannel.1', true);
  for (const command of [
    'route del default',
    'route add blackhole 10.66.0.0/24',
    'route add 10.244.4.0/24 via 10.244.4.0 dev flannel.1 onlink',
    'neigh replace 10.244.4.0 lladdr 8e:47:11:22:33:02 dev flannel.1 nud permanent',
  ]) {
    ip(kernel, command.split(' '));
  }

  it.each(readRecording('busybox.txt'))('prints what was recorded for $command', (recorded) => {
    const actual = busyboxIp(kernel, recorded.command.split(' ').slice(2));

    expect(actual).toEqual(recorded.result);
  });
});
