// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { Plan } from '#model/plan.ts';
import type { FaultName } from '#simulation/cluster/faults.ts';
import { cluster, macMini } from '#simulation/cluster/presets.ts';
import { kernelText, serveInEachTest } from '../../testkit/served-cluster.ts';

const serve = serveInEachTest();

interface Told {
  readonly fault: readonly [name: FaultName, node: string, argument?: string];
  readonly after?: number;
  /** A line that is printed, for every finding alike. */
  readonly line: string;
}

const FAULTS: readonly Told[] = [
  { fault: ['udp-block', 'node2'], line: 'command -v ufw >/dev/null && sudo ufw allow 8472/udp' },
  { fault: ['loss', 'node2'], line: 'command -v ufw >/dev/null && sudo ufw allow 8472/udp' },
  {
    fault: ['forward-drop', 'node2'],
    line: 'sudo iptables -w -D FORWARD 1',
  },
  { fault: ['mtu-blackhole', 'node2'], line: 'selvage restart flannel --all' },
  {
    fault: ['duplicate-podcidr', 'node3', 'node2'],
    line: 'selvage restart flannel --all',
  },
  { fault: ['node-crash', 'node3'], after: 60_000, line: 'sudo systemctl restart kubelet' },
];

describe.each(FAULTS)('$fault, which Selvage cannot mend', ({ fault, after = 0, line }) => {
  it('is told by hand with a way to verify, and nothing is changed', async () => {
    const simulated = cluster();
    simulated.fault(...fault);
    simulated.advance(after);
    const before = kernelText(simulated, 'node2');
    const served = await serve(simulated);

    const { stdout } = await served.run(['fix', '--yes', '-o', 'json']);

    const { stages, untreated } = JSON.parse(stdout.text()) as Plan;
    const told = untreated.flatMap(({ manual }) => (manual === undefined ? [] : [manual]));
    expect(stages).toEqual([]);
    expect(told).not.toEqual([]);
    for (const { lines, verify } of told) {
      expect(lines).toContain(line);
      expect(verify).not.toEqual([]);
    }
    expect(kernelText(simulated, 'node2')).toBe(before);
  });
});

describe('a firewall on Talos', () => {
  it('is opened in its own words, with the port that its net-conf asks for', async () => {
    const simulated = macMini();
    simulated.fault('udp-block', 'mac-mini-2');
    const served = await serve(simulated);

    const { said } = await served.run(['fix']);

    expect(said).toContain('Open UDP port 4789');
    expect(said).toContain('talosctl -n 192.168.1.162 patch machineconfig');
    expect(said).not.toContain('sudo');
  });
});
