// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { absent, observed } from '#model/fact.ts';
import type { ContainerInventory, NodeInventory, PodInventory } from '#model/resources.ts';

import { renderClusterState } from './render-cluster-state.ts';

const OPTIONS = { color: false, width: 100, unicode: true, program: 'selvage', narrowed: false };
const AT = '2026-12-01T00:00:00Z';
const NO_USE = absent('unsupported', 'metrics-server is not installed.');

function node(name: string, ready = true): NodeInventory {
  const amounts = { cpuCores: 4, memoryBytes: 4 * 1024 ** 3 };
  return { name, ready, allocatable: amounts, capacity: amounts };
}

function pod(name: string, changes: Partial<PodInventory> = {}): PodInventory {
  return {
    namespace: 'shop',
    name,
    uid: name,
    workload: { kind: 'Deployment', name: 'web' },
    node: 'node1',
    phase: 'Running',
    createdAt: AT,
    containers: [container()],
    ...changes,
  };
}

function container(changes: Partial<ContainerInventory> = {}): ContainerInventory {
  const about = { name: 'main', role: 'app', image: 'web:1', requests: {}, limits: {} } as const;
  return { ...about, ready: true, restartCount: 0, state: 'running', ...changes };
}

function textOf(nodes: readonly NodeInventory[], pods: readonly PodInventory[]): string {
  const facts = { nodes: observed(nodes, AT), pods: observed(pods, AT), usage: NO_USE };
  return renderClusterState(facts, OPTIONS);
}

describe('renderClusterState', () => {
  it('says in one line each that nodes are Ready and pods run', () => {
    const text = textOf([node('node1'), node('node2')], [pod('a'), pod('b')]);

    expect(text).toContain('2 nodes, all Ready.');
    expect(text).toContain('2 pods, all running or done.');
  });

  it('names nodes that are not Ready', () => {
    expect(textOf([node('node1'), node('node2', false)], [])).toContain(
      '1 of 2 nodes not Ready: node2.',
    );
  });

  it.each<[string, Partial<PodInventory>, string]>([
    [
      'a container that crashes',
      { containers: [container({ state: 'waiting', reason: 'CrashLoopBackOff' })] },
      'shop/a on node1: CrashLoopBackOff',
    ],
    [
      'a phase that is none of life',
      { phase: 'Pending', containers: [] },
      'shop/a on node1: Pending',
    ],
  ])('names a pod with %s', (_, changes, line) => {
    expect(textOf([], [pod('a', changes)])).toContain(line);
  });

  it.each<[string, Partial<PodInventory>]>([
    ['is done', { phase: 'Succeeded', containers: [container({ state: 'terminated' })] }],
    [
      'has ended its first container, as it is meant to',
      { containers: [container({ role: 'init', state: 'terminated' }), container()] },
    ],
  ])('does not name a pod that %s', (_, changes) => {
    expect(textOf([], [pod('a', changes)])).toContain('all running or done');
  });

  it('shows what nodes use as parts of what they have for pods', () => {
    const usage = observed(
      {
        origin: 'metrics-server',
        through: 'metrics.k8s.io/v1beta1',
        nodes: [{ node: 'node1', at: AT, cpuCores: 0.222, workingSetBytes: 1024 ** 3 }],
        containers: [],
        missing: [],
        passedOver: [],
      } as const,
      AT,
    );
    const facts = { nodes: observed([node('node1')], AT), pods: observed([], AT), usage };

    expect(renderClusterState(facts, OPTIONS)).toContain(
      'node1: CPU 222m (6%), memory 1024Mi (25%)',
    );
  });

  it('says why something is not known, and obeys no text of the cluster', () => {
    const text = textOf([], [pod('a', { phase: '\u001b[2JPending', containers: [] })]);

    expect(text).toContain('Not known, what nodes use: metrics-server is not installed.');
    expect(text).not.toContain('\u001b');
  });
});
