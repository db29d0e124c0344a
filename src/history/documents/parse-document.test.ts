// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { keptText, parseDocument } from '#history/documents/parse-document.ts';
import type { DocumentContent } from '#report/cluster-document.ts';

const CONTENT: DocumentContent = {
  cluster: { uid: 'u', version: 'v1.34.4' },
  nodes: [
    {
      name: 'node1',
      roles: [],
      internalIPs: ['192.0.2.1'],
      externalIPs: [],
      podCIDRs: ['10.244.1.0/24'],
      os: 'linux',
      osImage: 'Debian',
      kernel: '6.18.0',
      kubelet: 'v1.34.4',
      runtime: 'containerd://2.1.4',
      createdAt: '2026-11-01T00:00:00Z',
      ready: { status: 'True' },
      boot: { sharedWith: [], evidence: 'None.' },
    },
  ],
  restart: { state: 'unknown', why: 'Nobody knows.' },
  flannel: { kind: 'embedded', annotationPrefix: 'flannel.alpha.coreos.com' },
  netConf: [{ name: 'Network', value: '10.244.0.0/16' }],
  workloads: [
    {
      purpose: 'flannel',
      namespace: 'kube-flannel',
      workload: { kind: 'DaemonSet', name: 'kube-flannel-ds' },
      pods: 1,
      containers: [
        {
          name: 'kube-flannel',
          role: 'app',
          image: 'flannel:v0.28.9',
          requests: { cpuCores: 0.1 },
          limits: {},
          pods: 1,
        },
      ],
    },
  ],
  versions: [{ component: 'kubelet', version: 'v1.34.4', nodes: ['node1'] }],
  changes: [],
  accepted: [{ check: 'route-missing', reason: 'known', expires: '2026-12-31' }],
  unread: [{ what: 'a part', why: 'No right.' }],
};

describe('parseDocument', () => {
  it('gives back what was kept', () => {
    expect(parseDocument(keptText(CONTENT))).toEqual({ content: CONTENT });
  });

  it('knows when a printed page was made', () => {
    const made = { at: '2026-11-24T12:00:00.000Z', tool: '1', context: 'c', server: 's' };
    const printed = JSON.stringify({ schemaVersion: 1, made, content: CONTENT });

    expect(parseDocument(printed)).toMatchObject({ madeAt: '2026-11-24T12:00:00.000Z' });
  });

  it.each([
    ['no JSON', 'hello', 'not the JSON form'],
    ['another JSON', '[1]', 'not the JSON form'],
    ['a newer form', '{"schemaVersion":2,"content":{}}', 'newer Selvage'],
    [
      'a wrong field',
      JSON.stringify({ schemaVersion: 1, content: { ...CONTENT, nodes: [{ name: 7 }] } }),
      'content.nodes.0.name',
    ],
  ])('says what is wrong with %s', (_what, text, why) => {
    expect(parseDocument(text)).toMatchObject({ why: expect.stringContaining(why) as string });
  });

  it('never throws, whatever is in the file', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(parseDocument(text)).toHaveProperty('why');
      }),
    );
  });
});
