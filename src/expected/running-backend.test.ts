// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { backendText, runningBackend } from '#expected/running-backend.ts';
import type { FlannelWorkload, NodeObject } from '#model/cluster.ts';
import type { HealthyOptions } from '../../testkit/healthy-node.ts';
import { healthyFacts } from '../../testkit/healthy-facts.ts';

const PREFIX = 'flannel.alpha.coreos.com';

interface Facts {
  readonly nodes: readonly NodeObject[];
  readonly flannel: FlannelWorkload;
}

/** A healthy cluster in which some nodes, by position, announce a VNI of their own. */
function factsWith(vniAt: Readonly<Record<number, number>>, options: HealthyOptions = {}): Facts {
  const { nodes, flannel } = healthyFacts(options).cluster;
  const changed = nodes.map((node, index): NodeObject => {
    const vni = vniAt[index];
    if (vni === undefined) return node;
    const data = JSON.stringify({ VNI: vni, VtepMAC: `02:00:00:00:01:0${String(index)}` });
    return {
      ...node,
      flannelAnnotations: { ...node.flannelAnnotations, [`${PREFIX}/backend-data`]: data },
    };
  });
  return { nodes: changed, flannel };
}

describe('runningBackend', () => {
  it('is what more than half of the nodes announce', () => {
    const { nodes, flannel } = factsWith({ 2: 7 });

    expect(runningBackend(nodes, flannel)).toMatchObject({ type: 'vxlan', vni: 1 });
  });

  it('has no VNI where no value has a majority', () => {
    const { nodes, flannel } = factsWith({ 1: 7 }, { nodes: 2 });

    const { type, vni } = runningBackend(nodes, flannel);

    expect({ type, vni }).toEqual({ type: 'vxlan', vni: undefined });
  });

  it('takes the VNI 0 of an old flannel for none', () => {
    const { nodes, flannel } = factsWith({ 0: 0, 1: 0 });

    expect(runningBackend(nodes, flannel)).toMatchObject({ vni: 1 });
  });

  it('counts nodes that announce nothing on no side', () => {
    const { nodes, flannel } = factsWith({}, { nodes: 1, windowsNodes: 2 });

    expect(runningBackend(nodes, flannel).announced.map(({ node }) => node)).toEqual(['node1']);
  });
});

describe('backendText', () => {
  it('names the VNI of vxlan only', () => {
    const texts = [{ type: 'vxlan', vni: 1 }, { type: 'vxlan' }, { type: 'host-gw', vni: 1 }].map(
      backendText,
    );

    expect(texts).toEqual(['vxlan, VNI 1', 'vxlan', 'host-gw']);
  });
});
