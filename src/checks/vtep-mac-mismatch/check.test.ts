// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { Link } from '#model/kernel.ts';
import { HEALTHY_CLUSTERS } from '../../../testkit/healthy-clusters.ts';
import { type SnapshotBuilder, healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

/** Changes flannel.1 of node2. */
function changed(change: (link: Link) => Link): SnapshotBuilder {
  return healthyCluster().changeKernel('node2', 'links', (links) =>
    links.map((link) => (link.name === 'flannel.1' ? change(link) : link)),
  );
}

/** node2 with another text in its annotation backend-data; undefined takes the annotation away. */
function announcing(text: string | undefined): SnapshotBuilder {
  return healthyCluster().changeNode('node2', (node) => {
    const { 'flannel.alpha.coreos.com/backend-data': _, ...rest } = node.flannelAnnotations;
    return {
      ...node,
      flannelAnnotations:
        text === undefined ? rest : { ...rest, 'flannel.alpha.coreos.com/backend-data': text },
    };
  });
}

const NOTHING_TO_COMPARE = 'The node announces no readable MAC, or the link has none to compare.';

testCheck(anyCheck(check), {
  passes: {
    ...HEALTHY_CLUSTERS,
    'an announced MAC in capital letters': changed((link) => ({
      ...link,
      mac: 'aa:00:00:00:00:02',
    })).changeNode('node2', (node) => ({
      ...node,
      flannelAnnotations: {
        ...node.flannelAnnotations,
        'flannel.alpha.coreos.com/backend-data': '{"VNI":1,"VtepMAC":"AA:00:00:00:00:02"}',
      },
    })),
  },
  fails: {
    'something gave the link another MAC': {
      snapshot: changed((link) => ({ ...link, mac: '02:00:00:00:00:99' })),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          breaks: 'node',
          object: 'link flannel.1',
          expected: 'flannel.1 link/ether 02:00:00:00:00:02',
          observed: 'flannel.1 link/ether 02:00:00:00:00:99',
          message:
            'node2 announces 02:00:00:00:00:02, but its flannel.1 has 02:00:00:00:00:99: every other node sends to a MAC that node2 does not have, and node2 drops it all.',
        },
      ],
    },
    'something overwrote the annotation': {
      snapshot: announcing('{"VNI":1,"VtepMAC":"02:00:00:00:00:77"}'),
      findings: [{ node: 'node2', expected: 'flannel.1 link/ether 02:00:00:00:00:77' }],
    },
    'the IPv6 link has another MAC, under a prefix with a slash': {
      snapshot: healthyCluster({
        dualStack: true,
        annotationPrefix: 'example.com/net',
      }).changeKernel('node2', 'links', (links) =>
        links.map((link) =>
          link.name === 'flannel-v6.1' ? { ...link, mac: '02:00:00:00:00:99' } : link,
        ),
      ),
      findings: [{ node: 'node2', object: 'link flannel-v6.1' }],
    },
    'the IPv6 link has another MAC, and only IPv6 is announced': {
      snapshot: healthyCluster({ dualStack: true })
        .changeNode('node2', (node) => {
          const { 'flannel.alpha.coreos.com/backend-data': _, ...rest } = node.flannelAnnotations;
          return { ...node, flannelAnnotations: rest };
        })
        .changeKernel('node2', 'links', (links) =>
          links.map((link) =>
            link.name === 'flannel-v6.1' ? { ...link, mac: '02:00:00:00:00:99' } : link,
          ),
        ),
      findings: [{ node: 'node2', object: 'link flannel-v6.1' }],
    },
  },
  skips: {
    'the backend is another one': {
      snapshot: healthyCluster().changeNetConf((netConf) => ({
        ...netConf,
        backendType: 'host-gw',
      })),
      node: 'node1',
      reason: 'The backend is host-gw, not vxlan.',
    },
    'the link is gone': {
      snapshot: healthyCluster().changeKernel('node2', 'links', (links) =>
        links.filter(({ name }) => name !== 'flannel.1'),
      ),
      node: 'node2',
      reason: 'flannel.1 does not exist.',
    },
    'the annotation is gone': {
      snapshot: announcing(undefined),
      node: 'node2',
      reason: NOTHING_TO_COMPARE,
    },
    'the annotation cannot be read': {
      snapshot: announcing('null'),
      node: 'node2',
      reason: NOTHING_TO_COMPARE,
    },
    'the link shows no MAC': {
      snapshot: changed(({ mac: _, ...rest }) => rest),
      node: 'node2',
      reason: NOTHING_TO_COMPARE,
    },
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
  },
});
