// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { CniFile } from '#model/kernel.ts';
import { type SnapshotBuilder, healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

function file(name: string, ...plugins: readonly string[]): CniFile {
  return { name, plugins };
}

const FLANNEL = file('10-flannel.conflist', 'flannel');

function withFiles(...files: readonly CniFile[]): SnapshotBuilder {
  return healthyCluster().changeKernel('node2', 'cniConfig', () => ({ files }));
}

/** A pod of node2 got its address from somebody else. */
function withForeignPod(builder: SnapshotBuilder): SnapshotBuilder {
  return builder.changeCluster('podAddresses', (all) => [
    ...all.filter(({ node }) => node !== 'node2'),
    { node: 'node2', addresses: ['10.88.0.7'] },
  ]);
}

testCheck(anyCheck(check), {
  passes: {
    'three healthy nodes': healthyCluster(),
    'one node alone': healthyCluster({ nodes: 1 }),
    'files of others come after it': withFiles(
      file('.kubernetes-cni-keep'),
      FLANNEL,
      file('10-kindnet.conflist', 'host-local', 'ptp'),
      file('87-podman-bridge.conflist', 'bridge', 'host-local'),
    ),
    'what comes first is no configuration': withFiles(file('05-cilium.conflist.bak'), FLANNEL),
    'another plug-in is put before it, and asks flannel': withFiles(
      file('00-multus.conf', 'flannel'),
      FLANNEL,
    ),
    'Cilium is chained behind flannel': withFiles(
      file('05-cilium.conflist', 'cilium-cni', 'flannel'),
      FLANNEL,
    ),
    "Canal: Calico's plug-in with addresses of the node's range": withFiles(
      file('10-canal.conflist', 'calico', 'host-local'),
      file('calico-kubeconfig'),
    ),
  },
  fails: {
    'another network comes first': {
      snapshot: withFiles(file('05-cilium.conflist', 'cilium-cni'), FLANNEL),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          breaks: 'none',
          object: 'file /etc/cni/net.d/05-cilium.conflist',
          expected: '10-flannel.conflist',
          observed: '05-cilium.conflist',
          message:
            'The container runtime on node2 takes 05-cilium.conflist, with cilium-cni, and not the configuration of flannel: pods that start there from now on are not in the network of flannel. Pods that run already go on.',
        },
      ],
    },
    'another network has put away that of flannel': {
      snapshot: withFiles(
        file('10-calico.conflist', 'calico'),
        file('10-flannel.conflist.cilium_bak', 'flannel'),
      ),
      findings: [
        { node: 'node2', expected: '10-flannel.conflist', observed: '10-calico.conflist' },
      ],
    },
    "containerd's bridge gave an address of its own": {
      snapshot: withForeignPod(
        withFiles(file('10-containerd-net.conflist', 'bridge', 'host-local'), FLANNEL),
      ),
      findings: [{ node: 'node2', observed: '10-containerd-net.conflist' }],
    },
  },
  skips: {
    'the directory is not there': {
      snapshot: healthyCluster().changeKernel('node2', 'cniConfig', () => null),
      node: 'node2',
      reason: 'The container that was read does not have /etc/cni/net.d.',
    },
    'nothing in it is of flannel': {
      snapshot: withFiles(file('10-containerd-net.conflist', 'bridge')),
      node: 'node2',
      reason: 'No file in /etc/cni/net.d is of flannel, so it may not be the one in use.',
    },
    'nothing in it is a configuration': {
      snapshot: withFiles(file('10-flannel.conflist.bak', 'flannel')),
      node: 'node2',
      reason: 'No file in /etc/cni/net.d is a configuration.',
    },
    'a bridge that may use the range of the node': {
      snapshot: withFiles(file('10-bridge.conf', 'bridge', 'host-local'), FLANNEL),
      node: 'node2',
      reason: 'Which network 10-bridge.conf gives to pods is not known.',
    },
    'a plug-in that nobody knows': {
      snapshot: withFiles(file('00-own.conf'), FLANNEL),
      node: 'node2',
      reason: 'Which network 00-own.conf gives to pods is not known.',
    },
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
  },
});
