// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { cluster } from '#simulation/cluster/presets.ts';
import type { KubernetesObject } from '#simulation/store.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import { serveInEachTest } from '../../testkit/served-cluster.ts';

const serve = serveInEachTest();

function nodeOf({ store }: SimulatedCluster, name: string): KubernetesObject {
  const node = store.get('nodes', name);
  if (node === undefined) throw new Error(`there is no ${name}`);
  return node;
}

function specs(simulated: SimulatedCluster): readonly unknown[] {
  return simulated.nodeNames.map((name) => nodeOf(simulated, name)['spec']);
}

function cordoned(simulated: SimulatedCluster): readonly string[] {
  return simulated.nodeNames.filter((name) => {
    const { unschedulable } = nodeOf(simulated, name)['spec'] as { unschedulable?: boolean };
    return unschedulable === true;
  });
}

function cordonByHand(simulated: SimulatedCluster, name: string): void {
  const node = nodeOf(simulated, name);
  const spec = { ...(node['spec'] as object), unschedulable: true };
  simulated.store.update('nodes', { ...node, spec });
}

describe('cordon', () => {
  it('changes nothing where all nodes reach each other', async () => {
    const simulated = cluster();
    const served = await serve(simulated);

    const ran = await served.run(['cordon', '--yes']);

    expect(ran.exitCode).toBe(0);
    expect(cordoned(simulated)).toEqual([]);
  });

  it('shows the node that is cut off and why, cordons it with consent, and undo takes it back', async () => {
    const simulated = cluster();
    const before = specs(simulated);
    simulated.fault('udp-block', 'node2');
    const served = await serve(simulated);

    const shown = await served.run(['cordon']);
    const untouched = specs(simulated);
    const ran = await served.run(['cordon', '--yes']);
    const between = cordoned(simulated);
    const undone = await served.run(['undo', '--yes']);

    expect(shown.said).toContain('cordon node2');
    expect(shown.exitCode).toBe(1);
    expect(untouched).toEqual(before);
    expect(ran.exitCode).toBe(0);
    expect(between).toEqual(['node2']);
    expect(undone.exitCode).toBe(0);
    expect(specs(simulated)).toEqual(before);
    expect(JSON.stringify(nodeOf(simulated, 'node2'))).not.toContain('cordoned-at');
  });

  it('leaves alone what somebody else cordoned, before and after it', async () => {
    const simulated = cluster();
    simulated.fault('routes-flush', 'node2');
    cordonByHand(simulated, 'node2');
    const served = await serve(simulated);

    const ran = await served.run(['cordon', '--yes']);

    expect(ran.said).toContain('node2 is cut off, and is cordoned already');
    expect(ran.exitCode).toBe(0);
    expect(JSON.stringify(nodeOf(simulated, 'node2'))).not.toContain('cordoned-at');
  });

  it('does not uncordon a node that somebody else cordoned since', async () => {
    const simulated = cluster();
    simulated.fault('routes-flush', 'node2');
    const served = await serve(simulated);
    await served.run(['cordon', '--yes']);
    const node = nodeOf(simulated, 'node2');
    const { annotations: _, ...metadata } = node.metadata;
    simulated.store.update('nodes', { ...node, metadata });

    const undone = await served.run(['undo', '--yes']);

    expect(undone.said).toContain('somebody else has cordoned it');
    expect(cordoned(simulated)).toEqual(['node2']);
  });

  it('says when a cordoned node is cut off no more', async () => {
    const simulated = cluster();
    simulated.fault('routes-flush', 'node2');
    const served = await serve(simulated);
    await served.run(['cordon', '--yes']);
    await served.run(['fix', '--yes']);

    const ran = await served.run(['cordon']);

    expect(ran.said.replaceAll(/\s+/gu, ' ')).toContain(
      'node2 is cordoned, and nothing was found that cuts it off',
    );
    expect(ran.exitCode).toBe(0);
  });

  it('cordons none where nobody reaches anybody', async () => {
    const simulated = cluster();
    for (const node of ['node1', 'node2', 'node3']) simulated.fault('routes-flush', node);
    const served = await serve(simulated);

    const ran = await served.run(['cordon', '--yes']);

    expect(ran.said).toContain('which of them is cut off cannot be told');
    expect(cordoned(simulated)).toEqual([]);
  });

  it('cordons none where more than a third of the nodes is cut off', async () => {
    const simulated = cluster({ nodes: 5 });
    for (const node of ['node2', 'node4']) simulated.fault('routes-flush', node);
    const served = await serve(simulated);

    const ran = await served.run(['cordon', '--yes']);

    expect(ran.said.replaceAll(/\s+/gu, ' ')).toContain('that is no fault of single nodes');
    expect(cordoned(simulated)).toEqual([]);
  });

  it('cordons none where no other node would take pods', async () => {
    const simulated = cluster();
    simulated.fault('routes-flush', 'node2');
    cordonByHand(simulated, 'node1');
    cordonByHand(simulated, 'node3');
    const served = await serve(simulated);

    const ran = await served.run(['cordon', '--yes']);

    expect(ran.said).toContain('No node is to be cordoned.');
    expect(ran.said).toContain('No other node would be left that takes pods');
    expect(cordoned(simulated)).toEqual(['node1', 'node3']);
  });

  it('cordons none of two with the same pod range: which of them is wrong cannot be told', async () => {
    const simulated = cluster({ nodes: 6 });
    simulated.fault('duplicate-podcidr', 'node3', 'node2');
    const served = await serve(simulated);

    const ran = await served.run(['cordon', '--yes']);

    expect(ran.said).toContain('node2, node3 have something that only one node may have');
    expect(cordoned(simulated)).toEqual([]);
  });

  it('refuses a node that does not exist', async () => {
    const simulated = cluster();
    simulated.fault('routes-flush', 'node2');
    const served = await serve(simulated);

    const ran = await served.run(['cordon', '--node', 'node9']);

    expect(ran.exitCode).toBe(2);
    expect(ran.said).toContain('no node node9');
  });
});
