// SPDX-License-Identifier: Apache-2.0

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import type { ClusterDocument, DocumentDiff } from '#report/cluster-document.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import { type ServedCluster, serveInEachTest } from '../../testkit/served-cluster.ts';

const serve = serveInEachTest();

async function documentOf(served: ServedCluster): Promise<ClusterDocument> {
  const { stdout } = await served.run(['document', '-o', 'json']);
  return JSON.parse(stdout.text()) as ClusterDocument;
}

describe('document', () => {
  it('writes the same page twice but for its date', async () => {
    const served = await serve(cluster());

    const first = await served.run(['document']);
    const second = await served.run(['document']);

    const lines = second.stdout.text().split('\n');
    const before = first.stdout.text().split('\n');
    expect(first.exitCode).toBe(0);
    expect(first.stderr.text()).not.toContain('warning');
    const others = lines.filter(
      (line, index) => line !== before[index] && !line.startsWith('Made '),
    );
    expect(others).toEqual([]);
    expect(lines).toHaveLength(before.length);
  });

  it('has the nodes, Flannel and its settings as the API has them', async () => {
    const simulated = cluster();
    const served = await serve(simulated);

    const { content } = await documentOf(served);

    expect(content.nodes.map(({ name, podCIDRs }) => [name, ...podCIDRs])).toEqual([
      ['node1', '10.244.1.0/24'],
      ['node2', '10.244.2.0/24'],
      ['node3', '10.244.3.0/24'],
    ]);
    expect(content.nodes.map(({ boot }) => boot.id)).toEqual(
      simulated.nodeNames.map((name) => simulated.node(name).bootId),
    );
    expect(content.flannel).toMatchObject({ namespace: 'kube-flannel', version: 'v0.28.9' });
    expect(content.netConf).toContainEqual({ name: 'Backend.Type', value: 'vxlan' });
    expect(content.unread).toEqual([]);
  });

  it('says which node restarted since the last version', async () => {
    const simulated = cluster();
    const served = await serve(simulated);
    await served.run(['document']);
    simulated.fault('node-crash', 'node3').heal();

    const { exitCode, stdout } = await served.run(['document', '--diff', 'last', '-o', 'json']);

    const { sections } = JSON.parse(stdout.text()) as DocumentDiff;
    const changed = sections.flatMap((section) => section.changed);
    expect(exitCode).toBe(1);
    expect([...new Set(changed.map(({ what }) => what))]).toEqual([
      'node node3',
      'restart of the cluster',
    ]);
    expect(changed.map(({ field }) => field)).toContain('start of the kernel');
  });

  it('has the change that Selvage made, and finds it against a file of before', async () => {
    const served = await serve(cluster());
    const before = join(served.home, 'before.json');
    await writeFile(before, (await served.run(['document', '-o', 'json'])).stdout.text());
    await served.run(['tune', 'flannel', '--memory-limit', '256Mi', '--yes']);

    const { exitCode, stdout } = await served.run(['document', '--diff', before, '-o', 'json']);
    const { content } = await documentOf(served);

    const { sections } = JSON.parse(stdout.text()) as DocumentDiff;
    expect(exitCode).toBe(1);
    expect(sections.map(({ section }) => section)).toEqual(['flannel', 'workloads', 'changes']);
    expect(content.changes).toMatchObject([
      { outcome: 'applied', remedy: expect.any(String) as string },
    ]);
  });

  it('finds nothing against the version of the same day on a cluster that is the same', async () => {
    const served = await serve(cluster());
    await served.run(['document']);
    const today = new Date().toISOString().slice(0, 10);

    const ran = await served.run(['document', '--diff', today]);

    expect(ran.stdout.text()).toContain('# Nothing changed');
    expect(ran.exitCode).toBe(0);
  });

  it.each([
    ['soon', 'no day or instant'],
    ['2020-01-01', 'No version of the page of this cluster is kept yet'],
    ['last', 'No version of the page of this cluster is kept yet'],
  ])('refuses to compare with %s', async (version, why) => {
    const served = await serve(cluster());

    const ran = await served.run(['document', '--no-history', '--diff', version]);

    expect(ran.said).toContain(why);
    expect(ran.exitCode).toBe(2);
  });

  it('refuses a file that is no page before it asks the cluster', async () => {
    const served = await serve(cluster());
    const file = join(served.home, 'odd.json');
    await writeFile(file, '{"schemaVersion":1,"content":{"nodes":7}}');

    const ran = await served.run(['document', '--diff', file]);

    expect(ran.said).toContain('is no earlier page. Its field content.');
    expect(ran.exitCode).toBe(2);
  });

  it('writes the page although it cannot be kept, and says so', async () => {
    const served = await serve(cluster());
    await writeFile(served.state, 'a file where a folder is to be');

    const ran = await served.run(['document']);

    expect(ran.exitCode).toBe(0);
    expect(ran.stderr.text()).toContain('warning: This version of the page is not kept.');
    expect(ran.stdout.text()).toContain('## Nodes');
  });
});
