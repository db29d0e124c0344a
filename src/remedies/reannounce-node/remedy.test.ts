// SPDX-License-Identifier: Apache-2.0

import { anyRemedy } from '#remedies/define-remedy.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { testRemedy } from '../../../testkit/test-remedy.ts';
import { remedy } from './remedy.ts';

const NODE1 = { kind: 'patch-node-annotation', node: 'node1', restores: false } as const;
const NODE3 = { kind: 'patch-node-annotation', node: 'node3', restores: false } as const;

function withoutRoute(): SnapshotBuilder {
  return healthyCluster().changeKernel('node2', 'routes', (all) =>
    all.filter(({ dst }) => dst !== '10.244.3.0/24'),
  );
}

testRemedy(anyRemedy(remedy), {
  treats: {
    'a route is missing': { snapshot: withoutRoute(), steps: [NODE3] },
    'flannel is a part of another program': {
      snapshot: withoutRoute()
        .changeCluster('flannel', ({ annotationPrefix }) => ({
          kind: 'embedded',
          annotationPrefix,
        }))
        .changeCluster('flannelPods', () => []),
      steps: [NODE3],
    },
    'a neighbour and an FDB entry are missing': {
      snapshot: healthyCluster()
        .changeKernel('node2', 'neighbours', (all) =>
          all.filter(({ address }) => address !== '10.244.3.0'),
        )
        .changeKernel('node2', 'fdb', (all) => all.slice(1)),
      steps: [NODE1, NODE3],
    },
    'entries are wrong': {
      snapshot: withoutRoute()
        .changeKernel('node2', 'routes', (all) =>
          all.map((each) =>
            each.dst === '10.244.1.0/24' ? { ...each, gateway: '10.244.9.0' } : each,
          ),
        )
        .changeKernel('node2', 'neighbours', (all) =>
          all.map((each) =>
            each.address === '10.244.1.0' ? { ...each, mac: '0e:00:00:00:00:99' } : each,
          ),
        )
        .changeKernel('node2', 'fdb', (all) =>
          all.map((each, index) => (index === 0 ? { ...each, dst: '192.0.2.99' } : each)),
        ),
      steps: [NODE1, NODE3],
    },
  },
  declines: {
    'flanneld there is not Ready': {
      snapshot: withoutRoute().changeCluster('flannelPods', (pods) =>
        pods.map((pod) => (pod.nodeName === 'node2' ? { ...pod, ready: false } : pod)),
      ),
      reason: /node2/,
    },
    'no flannel pod is there': {
      snapshot: withoutRoute().changeCluster('flannelPods', (pods) =>
        pods.filter(({ nodeName }) => nodeName !== 'node2'),
      ),
      reason: /node2/,
    },
    'the link was made with other parameters': {
      snapshot: withoutRoute().changeKernel('node2', 'links', (links) =>
        links.map((link) =>
          link.vxlan === undefined ? link : { ...link, vxlan: { ...link.vxlan, port: 4789 } },
        ),
      ),
      reason: /link-parameters-wrong/,
    },
    'the other node announces a wrong MAC': {
      snapshot: withoutRoute().changeNode('node3', (node) => ({
        ...node,
        flannelAnnotations: {
          ...node.flannelAnnotations,
          'flannel.alpha.coreos.com/backend-data': '{"VNI":1,"VtepMAC":"0e:00:00:00:00:22"}',
        },
      })),
      reason: /What node3 announces is wrong/,
    },
    'the backend announces no data': {
      snapshot: healthyCluster({ backend: 'host-gw' }).changeKernel('node2', 'routes', (all) =>
        all.filter(({ dst }) => dst !== '10.244.3.0/24'),
      ),
      reason: /host-gw/,
    },
  },
});
