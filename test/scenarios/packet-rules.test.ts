// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import { checkSimulated } from './simulated-run.ts';

function legacy(simulated: SimulatedCluster, ...rules: readonly string[]): void {
  const lines = ['*filter', ':FORWARD ACCEPT [0:0]', ...rules, 'COMMIT', ''];
  simulated.node('node2').kernel.rules.legacy = lines.join('\n');
}

describe('packet rules of a node', () => {
  it('in iptables-legacy beside those of kube-proxy in iptables-nft are one finding', async () => {
    const simulated = cluster();
    legacy(simulated, '-A FORWARD -s 172.17.0.0/16 -j DROP');

    const { findings, report } = await checkSimulated(simulated);

    expect(findings).toEqual(['iptables-mixed node2 warning']);
    expect(report.findings.map(({ message }) => message).join()).toContain(
      'iptables-legacy (1 rule, none of flannel or kube-proxy) and in iptables-nft (7 rules, with those of flannel and kube-proxy)',
    );
  });

  it('are no finding when the tables of iptables-legacy are empty', async () => {
    const simulated = cluster();
    legacy(simulated);

    const { findings, report } = await checkSimulated(simulated);

    expect(findings).toEqual([]);
    expect(report.verdicts.filter(({ verdict }) => verdict === 'unknown')).toEqual([]);
  });

  it('are unknown where iptables-legacy is in use and the image lacks it', async () => {
    const simulated = cluster({ image: 'busybox' });
    legacy(simulated, '-A FORWARD -s 172.17.0.0/16 -j DROP');

    const { report } = await checkSimulated(simulated);

    expect(
      report.verdicts.filter(
        ({ check, subject }) => check === 'iptables-mixed' && subject.endsWith('node2'),
      ),
    ).toMatchObject([
      {
        verdict: 'unknown',
        reason: expect.stringContaining('has no `iptables-legacy-save`.') as string,
      },
    ]);
  });

  it('in a table of firewalld leave open whether packets of pods pass', async () => {
    const simulated = cluster();
    simulated
      .node('node2')
      .kernel.rules.tables.push('inet firewalld', 'ip6 other', 'ip kube-proxy');

    const { findings, report } = await checkSimulated(simulated);

    expect(findings).toEqual([]);
    expect(
      report.verdicts.filter(
        ({ check, verdict }) => check === 'forward-dropped' && verdict !== 'pass',
      ),
    ).toMatchObject([
      {
        verdict: 'skip',
        subject: 'node/node2',
        reason:
          'FORWARD accepts packets of pods, and nftables asks `inet firewalld` as well, where rules are not read.',
      },
    ]);
  });
});

describe('UDP counters of a node', () => {
  it('with many wrong checksums are one finding', async () => {
    const simulated = cluster();
    simulated
      .node('node3')
      .files.set('/proc/net/snmp', 'Udp: InDatagrams InCsumErrors\nUdp: 9500 500\n');

    const { findings } = await checkSimulated(simulated);

    expect(findings).toEqual(['checksum-offload-suspect node3 warning']);
  });
});
