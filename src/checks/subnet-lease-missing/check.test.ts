// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { NodeObject } from '#model/cluster.ts';
import { HEALTHY_CLUSTERS } from '../../../testkit/healthy-clusters.ts';
import { healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

/** Changes one annotation of a node; undefined removes it. */
function annotated(suffix: string, value: string | undefined): (node: NodeObject) => NodeObject {
  return (node) => ({
    ...node,
    flannelAnnotations: Object.fromEntries(
      Object.entries({
        ...node.flannelAnnotations,
        [`flannel.alpha.coreos.com/${suffix}`]: value,
      }).flatMap(([key, text]) => (text === undefined ? [] : [[key, text]])),
    ),
  });
}

testCheck(anyCheck(check), {
  passes: {
    ...HEALTHY_CLUSTERS,
    'two hundred nodes': healthyCluster({ nodes: 200 }),
    'a cluster that runs host-gw': healthyCluster()
      .changeNetConf((netConf) => ({ ...netConf, backendType: 'host-gw' }))
      .changeCluster('nodes', (nodes) =>
        nodes.map(annotated('backend-type', 'host-gw')).map(annotated('backend-data', 'null')),
      ),
    'host-gw with both address families': healthyCluster({ backend: 'host-gw', dualStack: true }),
    'a backend that announces no type': healthyCluster()
      .changeNetConf((netConf) => ({ ...netConf, backendType: 'udp' }))
      .changeCluster('nodes', (nodes) =>
        nodes.map(annotated('backend-type', '')).map(annotated('backend-data', undefined)),
      ),
    'IPv6 pod ranges while net-conf has IPv6 off': healthyCluster().changeNode('node2', (node) => ({
      ...node,
      podCIDRs: [...node.podCIDRs, 'fd00:244:0:2::/64'],
    })),
    'a tainted node that flannel once ran on': healthyCluster().changeNode('node2', (node) => ({
      ...node,
      taints: [{ key: 'example.com/full', effect: 'NoExecute' }],
    })),
  },
  fails: {
    'the Node was deleted and made again': {
      snapshot: healthyCluster().changeNode('node2', (node) => ({
        ...node,
        flannelAnnotations: {},
      })),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          breaks: 'node',
          object: 'annotations flannel.alpha.coreos.com/*',
          expected:
            'kube-subnet-manager: true, backend-type: vxlan, backend-data: {"VNI":1,"VtepMAC":"<MAC>"}, public-ip: <IPv4 address>',
          observed:
            'kube-subnet-manager: nothing, backend-type: nothing, backend-data: nothing, public-ip: nothing',
          message:
            "Flannel's annotations on node2 are not whole (kube-subnet-manager missing, backend-type missing, backend-data missing, public-ip missing), so no other node can learn from them where node2 is. Nodes that saw the Node object vanish, or whose flannel started since, send nothing to the pods of node2; what others learnt before may still work there until they restart. Only the start of flanneld on node2 writes the annotations.",
        },
      ],
    },
    'the Node was made again, and nobody knows where the DaemonSet has to run': {
      snapshot: healthyCluster()
        .changeCluster('flannel', (flannel) => ({ ...flannel, hasUnevaluatedAffinity: true }))
        .changeNode('node2', (node) => ({ ...node, flannelAnnotations: {} })),
      findings: [{ node: 'node2' }],
    },
    'the Node was made again, with a taint that came after flannel': {
      snapshot: healthyCluster().changeNode('node2', (node) => ({
        ...node,
        taints: [{ key: 'example.com/full', effect: 'NoExecute' }],
        flannelAnnotations: {},
      })),
      findings: [{ node: 'node2' }],
    },
    'a public IP that is none': {
      snapshot: healthyCluster().changeNode('node2', annotated('public-ip', '192.0.2.256')),
      findings: [
        {
          node: 'node2',
          expected: 'public-ip: <IPv4 address>',
          observed: 'public-ip: 192.0.2.256',
        },
      ],
    },
    'a node that says it is not managed': {
      snapshot: healthyCluster().changeNode('node3', annotated('kube-subnet-manager', 'false')),
      findings: [{ node: 'node3', observed: 'kube-subnet-manager: false' }],
    },
    'no backend type': {
      snapshot: healthyCluster().changeNode('node3', annotated('backend-type', undefined)),
      findings: [
        { node: 'node3', expected: 'backend-type: vxlan', observed: 'backend-type: nothing' },
      ],
    },
    'long text in place of backend data': {
      snapshot: healthyCluster().changeNode(
        'node1',
        annotated('backend-data', `"${'x'.repeat(4000)}"`),
      ),
      findings: [{ node: 'node1', observed: `backend-data: "${'x'.repeat(58)}…` }],
    },
    'IPv6 annotations are missing': {
      snapshot: healthyCluster({ dualStack: true })
        .changeNode('node2', annotated('backend-v6-data', undefined))
        .changeNode('node2', annotated('public-ipv6', undefined)),
      findings: [
        {
          node: 'node2',
          expected: 'backend-v6-data: {"VNI":1,"VtepMAC":"<MAC>"}, public-ipv6: <IPv6 address>',
          observed: 'backend-v6-data: nothing, public-ipv6: nothing',
        },
      ],
    },
    'host-gw without a type, which its peers ignore': {
      snapshot: healthyCluster({ backend: 'host-gw' }).changeNode(
        'node2',
        annotated('backend-type', undefined),
      ),
      findings: [
        {
          node: 'node2',
          breaks: 'node',
          expected: 'backend-type: host-gw',
          observed: 'backend-type: nothing',
        },
      ],
    },
    'host-gw without a public IP': {
      snapshot: healthyCluster()
        .changeNetConf((netConf) => ({ ...netConf, backendType: 'host-gw' }))
        .changeNode('node2', annotated('public-ip', undefined)),
      findings: [{ node: 'node2', observed: 'public-ip: nothing' }],
    },
    'flannel inside another process never announced the node': {
      snapshot: healthyCluster()
        .changeCluster('flannel', ({ annotationPrefix }) => ({
          kind: 'embedded',
          annotationPrefix,
        }))
        .changeNode('node2', (node) => ({ ...node, flannelAnnotations: {} })),
      findings: [{ node: 'node2' }],
    },
  },
  skips: {
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
    'the node has no pod range': {
      snapshot: healthyCluster().changeNode('node2', (node) => ({
        ...node,
        podCIDRs: [],
        flannelAnnotations: {},
      })),
      node: 'node2',
      reason: 'No IPv4 pod range is assigned, so there is no lease.',
    },
    'flannel cannot run on the node': {
      snapshot: healthyCluster({ nodesApart: 1 }),
      node: 'apart1',
      reason: "Flannel's DaemonSet does not tolerate the taint example.com/apart:NoExecute.",
    },
    'flannel may be left out on the node, and left nothing there': {
      snapshot: healthyCluster()
        .changeCluster('flannel', (flannel) => ({ ...flannel, hasUnevaluatedAffinity: true }))
        .changeNode('node2', (node) => ({ ...node, flannelAnnotations: {} }))
        .changeKernel('node2', 'subnetEnv', () => null),
      node: 'node2',
      reason: "Flannel's DaemonSet has a node affinity that is not evaluated.",
    },
    'the node is a virtual one': {
      snapshot: healthyCluster({ virtualNodes: 1 }),
      node: 'virtual1',
      reason: 'The node is a virtual one, without a kernel of its own.',
    },
  },
});
