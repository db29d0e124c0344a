// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { cluster } from '#simulation/cluster/presets.ts';
import { editNetConf, type NetConfEdit } from '../../testkit/edit-net-conf.ts';
import { checkSimulated } from './simulated-run.ts';

const DRIFT = ['net-conf-drift cluster warning'];
const WHOLE = { checked: 6, broken: 0, unknown: 0 };

const EDITS: Readonly<Record<string, NetConfEdit>> = {
  'another VNI': { Backend: { VNI: 42 } },
  'another port': { Backend: { Port: 4789 } },
  Learning: { Backend: { Learning: true } },
  GBP: { Backend: { GBP: true } },
  'another MTU': { Backend: { MTU: 1300 } },
  'another network': { Network: '10.42.0.0/16' },
  'another backend': { Backend: { Type: 'host-gw' } },
  'a backend that is not judged': { Backend: { Type: 'wireguard' } },
  'all of it at once': {
    Network: '10.42.0.0/16',
    Backend: { VNI: 42, Port: 4789, Learning: true, GBP: true, MTU: 1300 },
  },
};

describe('net-conf edited under running flannels', () => {
  it.each(Object.entries(EDITS))('to %s is one warning', async (_name, edit) => {
    const simulated = cluster();
    editNetConf(simulated, edit);

    const { report, findings } = await checkSimulated(simulated);

    expect(findings).toEqual(DRIFT);
    expect(report.pairs).toEqual(WHOLE);
    expect(report.verdicts.filter(({ verdict }) => verdict === 'unknown')).toEqual([]);
  });

  it('from host-gw to vxlan is one warning', async () => {
    const simulated = cluster({ backend: 'host-gw' });
    editNetConf(simulated, { Backend: { Type: 'vxlan' } });

    const { report, findings } = await checkSimulated(simulated);

    expect(findings).toEqual(DRIFT);
    expect(report.pairs).toEqual(WHOLE);
  });

  it('makes the one node wrong that restarted with it, beside the warning', async () => {
    const simulated = cluster();
    editNetConf(simulated, { Backend: { Port: 4789 } });
    simulated.restartFlannel('node2');
    simulated.advance(30_000);

    const { findings } = await checkSimulated(simulated);

    expect(findings).toEqual(['link-parameters-wrong node2 critical', ...DRIFT]);
  });

  it('makes the one node wrong that has not restarted yet, without the warning', async () => {
    const simulated = cluster();
    editNetConf(simulated, { Backend: { Port: 4789 } });
    for (const node of ['node1', 'node2']) simulated.restartFlannel(node);
    simulated.advance(30_000);

    const { findings } = await checkSimulated(simulated);

    expect(findings).toEqual(['link-parameters-wrong node3 critical']);
  });

  it('is nothing once every flannel restarted', async () => {
    const simulated = cluster();
    editNetConf(simulated, { Backend: { VNI: 42 } });
    for (const node of simulated.nodeNames) simulated.restartFlannel(node);
    simulated.advance(30_000);

    const { report, findings } = await checkSimulated(simulated);

    expect(findings.filter((finding) => !finding.startsWith('fdb-entry-stale'))).toEqual([]);
    expect(report.pairs).toEqual(WHOLE);
  });
});
