// SPDX-License-Identifier: Apache-2.0

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { kubectlGet, lab } from './lab-command.ts';
import { selvageCheck } from './selvage-command.ts';

const FLANNEL = ['-n', 'kube-flannel'] as const;
const DAEMON_SET = [...FLANNEL, 'daemonset/kube-flannel-ds'] as const;
const FILE = '/etc/cni/net.d/05-other.conflist';
/** What a CNI plugin that was removed may leave behind; the plug-in itself is not on the node. */
const OTHER = '{"cniVersion":"1.0.0","name":"other","plugins":[{"type":"cilium-cni"}]}';

/** All of it but the version that a replacement would be held against. */
const DAEMON_SET_SHAPE = z.looseObject({
  metadata: z
    .looseObject({ name: z.string() })
    .transform(({ resourceVersion: _, ...metadata }) => metadata),
});

/** The directory of the node, in the container that is read. */
const MOUNTED = JSON.stringify([
  { op: 'add', path: '/spec/updateStrategy', value: { type: 'OnDelete' } },
  {
    op: 'add',
    path: '/spec/template/spec/containers/0/volumeMounts/-',
    value: { name: 'cni', mountPath: '/etc/cni/net.d', readOnly: true },
  },
]);

async function replacePodOfNode2(): Promise<void> {
  const onNode2 = '--field-selector=spec.nodeName=node2';
  await lab('kubectl', 'delete', 'pod', ...FLANNEL, onNode2);
  await lab(
    'kubectl',
    'wait',
    'pod',
    ...FLANNEL,
    onNode2,
    '--for=condition=Ready',
    '--timeout=60s',
  );
}

describe('a node whose container has the CNI directory', () => {
  let folder: string;
  let original: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'selvage-lab-cni-'));
    original = join(folder, 'daemonset.json');
    const before = await kubectlGet(DAEMON_SET_SHAPE, ...DAEMON_SET);
    await writeFile(original, JSON.stringify(before));
    await lab('kubectl', 'patch', ...DAEMON_SET, '--type=json', '-p', MOUNTED);
    await replacePodOfNode2();
  });

  afterAll(async () => {
    await lab('exec', 'node2', '--', 'rm', '-f', FILE);
    await lab('kubectl', 'replace', '-f', original);
    await replacePodOfNode2();
    await rm(folder, { recursive: true });
  });

  it('passes with the file of flannel alone', async () => {
    const { findings, report } = await selvageCheck();

    const verdicts = report.verdicts.filter(({ check }) => check === 'cni-config-foreign');
    expect(findings).toEqual([]);
    expect(verdicts.map(({ subject, verdict }) => `${subject} ${verdict}`)).toEqual([
      'node/node1 skip',
      'node/node2 pass',
      'node/node3 skip',
    ]);
  });

  it('is reported once another file comes first, and no more when that is gone', async () => {
    await lab('exec', 'node2', '--', 'sh', '-c', `echo '${OTHER}' > ${FILE}`);
    const during = await selvageCheck();
    await lab('exec', 'node2', '--', 'rm', FILE);
    const after = await selvageCheck();

    expect(during.findings).toEqual(['cni-config-foreign node2 critical']);
    expect(during.exitCode).toBe(1);
    expect({ exitCode: after.exitCode, findings: after.findings }).toEqual({
      exitCode: 0,
      findings: [],
    });
  });
});
