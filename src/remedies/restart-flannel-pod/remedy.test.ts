// SPDX-License-Identifier: Apache-2.0

import type { ContainerStatus } from '#model/cluster.ts';
import { anyRemedy } from '#remedies/define-remedy.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { testRemedy } from '../../../testkit/test-remedy.ts';
import { remedy } from './remedy.ts';

const STEP = [{ kind: 'restart-pod', node: 'node2' }] as const;

function annotated(suffix: string, text: string | undefined): SnapshotBuilder {
  const key = `flannel.alpha.coreos.com/${suffix}`;
  return healthyCluster().changeNode('node2', (node) => {
    const { [key]: _, ...rest } = node.flannelAnnotations;
    return { ...node, flannelAnnotations: text === undefined ? rest : { ...rest, [key]: text } };
  });
}

/** The flannel container of node2 was killed for lack of memory. */
function starved(state: ContainerStatus['state']): SnapshotBuilder {
  const lastTerminated = { reason: 'OOMKilled', exitCode: 137 };
  return healthyCluster().changeCluster('flannelPods', (pods) =>
    pods.map((pod) =>
      pod.nodeName === 'node2'
        ? { ...pod, containers: pod.containers.map((each) => ({ ...each, state, lastTerminated })) }
        : pod,
    ),
  );
}

/** One node without rules of flannel's. */
function withoutMasquerade(nftables: boolean): SnapshotBuilder {
  return healthyCluster({ nodes: 1 })
    .changeCluster('netConf', (netConf) => ({ ...netConf, nftables }))
    .changeKernel('node1', 'natRules', () => ({ rules: [], flannelTable: null }));
}

testRemedy(anyRemedy(remedy), {
  treats: {
    'entries of every kind are gone': {
      snapshot: healthyCluster()
        .changeKernel('node2', 'routes', (all) => all.filter(({ dst }) => dst !== '10.244.3.0/24'))
        .changeKernel('node2', 'neighbours', (all) => all.slice(0, 1))
        .changeKernel('node2', 'fdb', (all) => all.slice(0, 1)),
      steps: STEP,
    },
    'flanneld is stopped by a signal': {
      snapshot: healthyCluster().changeKernel(
        'node2',
        'flannelProcess',
        (process) => process && { ...process, state: 'T' },
      ),
      steps: STEP,
    },
    'a route is wrong': {
      snapshot: healthyCluster().changeKernel('node2', 'routes', (all) =>
        all.map((each) =>
          each.dst === '10.244.3.0/24' ? { ...each, gateway: '10.244.9.0' } : each,
        ),
      ),
      steps: STEP,
    },
    'a neighbour and an FDB entry are wrong': {
      snapshot: healthyCluster()
        .changeKernel('node2', 'neighbours', (all) =>
          all.map((each, index) => (index === 0 ? { ...each, mac: '0e:00:00:00:00:99' } : each)),
        )
        .changeKernel('node2', 'fdb', (all) =>
          all.map((each, index) => (index === 0 ? { ...each, dst: '192.0.2.99' } : each)),
        ),
      steps: STEP,
    },
    'the node announces another address': {
      snapshot: annotated('public-ip', '192.0.2.250'),
      steps: STEP,
    },
    'the node announces another MAC': {
      snapshot: annotated('backend-data', '{"VNI":1,"VtepMAC":"0e:00:00:00:00:22"}'),
      steps: STEP,
    },
    'the node announces nothing': {
      snapshot: annotated('kube-subnet-manager', undefined),
      steps: STEP,
    },
    'subnet.env is gone': {
      snapshot: healthyCluster().changeKernel('node2', 'subnetEnv', () => null),
      steps: STEP,
    },
    'subnet.env is of another range': {
      snapshot: healthyCluster().changeKernel('node2', 'subnetEnv', (file) => ({
        ...file,
        subnet: '10.244.77.1/24',
      })),
      steps: STEP,
    },
    'it was killed for lack of memory, and runs since': {
      snapshot: starved('running').changeKernel('node2', 'subnetEnv', () => null),
      steps: STEP,
    },
    'the pod is not Ready': {
      snapshot: healthyCluster().changeCluster('flannelPods', (pods) =>
        pods.map((pod) =>
          pod.nodeName === 'node2'
            ? {
                ...pod,
                ready: false,
                containers: pod.containers.map((each) => ({ ...each, ready: false })),
              }
            : pod,
        ),
      ),
      steps: STEP,
    },
    'rules that flannel writes with nftables are gone': {
      snapshot: withoutMasquerade(true),
      steps: [{ kind: 'restart-pod', node: 'node1' }],
    },
  },
  declines: {
    'rules of iptables, which flanneld looks after': {
      snapshot: withoutMasquerade(false),
      reason: /within 5 seconds/,
    },
    'flannel was killed for lack of memory and is down': {
      snapshot: starved('waiting').changeKernel('node2', 'subnetEnv', () => null),
      reason: /a new pod gets the same limit/,
    },
    'no flannel pod is on the node': {
      snapshot: healthyCluster()
        .changeKernel('node2', 'subnetEnv', () => null)
        .changeCluster('flannelPods', (pods) =>
          pods.filter(({ nodeName }) => nodeName !== 'node2'),
        ),
      reason: /^No flannel pod runs on node2/,
    },
  },
});
