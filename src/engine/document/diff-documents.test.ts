// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { describeCluster } from '#engine/document/describe-cluster.ts';
import { diffDocuments } from '#engine/document/diff-documents.ts';
import type { DocumentContent, DocumentDiff } from '#report/cluster-document.ts';
import { healthyPicture } from '../../../testkit/healthy-picture.ts';
import { MIB } from '../../../testkit/resource-picture.ts';
import { healthyCluster } from '../../../testkit/snapshot-builder.ts';

function content(cluster = healthyCluster(), picture = healthyPicture()): DocumentContent {
  return describeCluster({ snapshot: cluster.build(), pods: picture.build().pods, changes: [] });
}

function sectionsOf(before: DocumentContent, after: DocumentContent): DocumentDiff['sections'] {
  return diffDocuments({ at: 'then', content: before }, { at: 'now', content: after }).sections;
}

describe('diffDocuments', () => {
  it('has no section for the same cluster', () => {
    expect(sectionsOf(content(), content())).toEqual([]);
  });

  it('names the field of a node that is another', () => {
    const upgraded = healthyCluster().changeNode('node2', (node) => ({
      ...node,
      kubeletVersion: 'v1.35.0',
    }));

    expect(sectionsOf(content(), content(upgraded))).toEqual([
      {
        section: 'nodes',
        added: [],
        removed: [],
        changed: [{ what: 'node node2', field: 'kubelet', before: 'v1.34.4', after: 'v1.35.0' }],
      },
    ]);
  });

  it('tells a node that came from one that went', () => {
    const fewer = healthyCluster().changeCluster('nodes', (nodes) => nodes.slice(0, 2));

    const [went] = sectionsOf(content(), content(fewer));
    const [came] = sectionsOf(content(fewer), content());

    expect([went?.removed, came?.added].map((items) => items?.map(({ what }) => what))).toEqual([
      ['node node3'],
      ['node node3'],
    ]);
  });

  it('tells a limit that was set from one that was not there', () => {
    const limited = healthyPicture().changeContainers('kube-flannel', (each) => ({
      ...each,
      limits: { memoryBytes: 2048 * MIB },
    }));

    const [section] = sectionsOf(content(), content(healthyCluster(), limited));

    expect(section?.changed).toEqual([
      {
        what: 'DaemonSet kube-flannel/kube-flannel-ds, container kube-flannel',
        field: 'memory limit',
        after: '2147483648 bytes',
      },
    ]);
  });

  it('tells a setting of Flannel by its name in net-conf.json', () => {
    const edited = healthyCluster().changeCluster('netConf', (conf) => ({ ...conf, mtu: 1400 }));

    expect(sectionsOf(content(), content(edited))[0]).toMatchObject({
      section: 'netConf',
      changed: [{ what: 'Backend.MTU', after: '1400' }],
    });
  });

  it('does not take the oldest container of a node for a difference where its start is known', () => {
    const younger = healthyPicture().changeContainers('kube-proxy', (each) => ({
      ...each,
      startedAt: '2026-11-24T11:00:00.000Z',
    }));

    expect(sectionsOf(content(), content(healthyCluster(), younger))).toEqual([]);
  });
});
