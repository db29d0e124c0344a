// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import {
  flannelPlacement,
  maybeOutsideFlannel,
  outsideFlannel,
} from '#expected/flannel-scheduling.ts';
import type { FlannelDaemonSet, NodeObject, Taint, Toleration } from '#model/cluster.ts';
import { healthyFacts } from '../../testkit/healthy-facts.ts';

const { cluster } = healthyFacts({ nodes: 1 });

function daemonSet(fields: Partial<FlannelDaemonSet> = {}): FlannelDaemonSet {
  if (cluster.flannel.kind !== 'daemonset') throw new Error('no DaemonSet');
  return { ...cluster.flannel, ...fields };
}

function node(fields: Partial<NodeObject> = {}): NodeObject {
  const [first] = cluster.nodes;
  if (first === undefined) throw new Error('no node');
  return { ...first, ...fields };
}

function runs(tolerations: readonly Toleration[], taint: Taint): string {
  return flannelPlacement(daemonSet({ tolerations }), node({ taints: [taint] })).runs;
}

describe('flannelPlacement', () => {
  it('takes every Linux node for the official manifest', () => {
    expect(flannelPlacement(daemonSet(), node())).toEqual({ runs: 'yes' });
  });

  it('leaves out a node by its labels', () => {
    const placement = flannelPlacement(daemonSet({ nodeSelector: { role: 'edge' } }), node());

    expect(placement.runs).toBe('no');
  });

  it('keeps a node whose labels fit', () => {
    const labels = { role: 'edge' };

    const placement = flannelPlacement(daemonSet({ nodeSelector: labels }), node({ labels }));

    expect(placement.runs).toBe('yes');
  });

  it('leaves out another operating system', () => {
    expect(flannelPlacement(daemonSet(), node({ os: 'windows' }))).toEqual({
      runs: 'no',
      reason: "The node affinity of flannel's DaemonSet leaves out nodes that run windows.",
    });
  });

  it('knows nothing of an affinity in another form, unless the node is out anyway', () => {
    const unevaluated = daemonSet({ hasUnevaluatedAffinity: true });
    const tainted = node({ taints: [{ key: 'a', effect: 'NoExecute' }] });

    expect(flannelPlacement(unevaluated, node()).runs).toBe('unknown');
    expect(flannelPlacement(unevaluated, tainted).runs).toBe('no');
  });

  it('knows nothing when the template was not read', () => {
    const unread = daemonSet({ nodeSelector: {}, tolerations: [], affinityOs: [] });

    expect(flannelPlacement(unread, node())).toEqual({
      runs: 'unknown',
      reason: "How flannel's DaemonSet is scheduled could not be read.",
    });
  });

  it.each<[string, Toleration, Taint, string]>([
    ['everything', { operator: 'Exists' }, { key: 'a', effect: 'NoExecute' }, 'yes'],
    ['one key', { key: 'a', operator: 'Exists' }, { key: 'a', effect: 'NoExecute' }, 'yes'],
    ['another key', { key: 'b', operator: 'Exists' }, { key: 'a', effect: 'NoExecute' }, 'no'],
    ['the value', { key: 'a', value: '1' }, { key: 'a', value: '1', effect: 'NoSchedule' }, 'yes'],
    ['no value', { key: 'a' }, { key: 'a', effect: 'NoSchedule' }, 'yes'],
    ['another value', { key: 'a', value: '1' }, { key: 'a', effect: 'NoSchedule' }, 'no'],
    [
      'another effect',
      { operator: 'Exists', effect: 'NoSchedule' },
      { key: 'a', effect: 'NoExecute' },
      'no',
    ],
    [
      'an operator that is unknown here',
      { key: 'a', operator: 'Gt', value: '1' },
      { key: 'a', value: '1', effect: 'NoSchedule' },
      'no',
    ],
    ['nothing that only prefers', { key: 'b' }, { key: 'a', effect: 'PreferNoSchedule' }, 'yes'],
  ])('tolerates %s', (_name, toleration, taint, expected) => {
    expect(runs([toleration], taint)).toBe(expected);
  });

  it.each<[string, string]>([
    ['not-ready', 'NoExecute'],
    ['unreachable', 'NoExecute'],
    ['disk-pressure', 'NoSchedule'],
    ['memory-pressure', 'NoSchedule'],
    ['pid-pressure', 'NoSchedule'],
    ['unschedulable', 'NoSchedule'],
    ['network-unavailable', 'NoSchedule'],
  ])('tolerates %s as the DaemonSet controller does', (name, effect) => {
    expect(runs([], { key: `node.kubernetes.io/${name}`, effect })).toBe('yes');
  });
});

describe('outsideFlannel', () => {
  const taints = [{ key: 'a', effect: 'NoExecute' }];

  function outside(fields: Partial<NodeObject>): string | undefined {
    return outsideFlannel({ nodes: [node(fields)], flannel: daemonSet() }, 'node1');
  }

  it('is undefined for a node that has to run flannel, announced or not', () => {
    expect(outside({})).toBeUndefined();
    expect(outside({ flannelAnnotations: {} })).toBeUndefined();
  });

  it('names the system of a node that runs no Linux', () => {
    expect(outside({ os: 'windows' })).toBe(
      'The node runs windows; Linux kernel state does not exist there.',
    );
  });

  it('needs both: no way for flannel to run there, and no trace of it', () => {
    expect(outside({ taints })).toBeUndefined();
    expect(outside({ taints, flannelAnnotations: {} })).toBe(
      "Flannel's DaemonSet does not tolerate the taint a:NoExecute.",
    );
  });

  it('names a virtual node, whatever the DaemonSet tolerates', () => {
    const marks: readonly Partial<NodeObject>[] = [
      { labels: { type: 'virtual-kubelet' } },
      { labels: { 'liqo.io/type': 'virtual-node' } },
      { taints: [{ key: 'virtual-node.interlink/no-schedule', effect: 'NoSchedule' }] },
      { taints: [{ key: 'kwok.x-k8s.io/node', value: 'fake', effect: 'NoSchedule' }] },
    ];

    for (const mark of marks) {
      expect(outside(mark)).toBe('The node is a virtual one, without a kernel of its own.');
    }
    expect(outside({ labels: { type: 'worker' } })).toBeUndefined();
  });

  it('leaves open what nobody can tell', () => {
    const facts = {
      nodes: [node({ flannelAnnotations: {} })],
      flannel: daemonSet({ hasUnevaluatedAffinity: true }),
    };

    expect(outsideFlannel(facts, 'node1')).toBeUndefined();
    expect(maybeOutsideFlannel(facts, 'node1')).toBe(
      "Flannel's DaemonSet has a node affinity that is not evaluated.",
    );
    expect(maybeOutsideFlannel({ ...facts, nodes: [node()] }, 'node1')).toBeUndefined();
  });

  it('takes every Linux node where flannel runs outside pods', () => {
    const nodes = [node({ taints, flannelAnnotations: {} })];
    const { annotationPrefix } = cluster.flannel;

    expect(
      outsideFlannel({ nodes, flannel: { kind: 'embedded', annotationPrefix } }, 'node1'),
    ).toBeUndefined();
  });
});
