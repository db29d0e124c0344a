// SPDX-License-Identifier: Apache-2.0

import { expect, it } from 'vitest';

import { workloadByName } from './workload-by-name.ts';

it.each([
  ['coredns-668d6bf9bc-x7k2p', 'Deployment', 'coredns'],
  ['kube-flannel-ds-x7k2p', 'DaemonSet', 'kube-flannel-ds'],
  ['prometheus-stack-0', 'StatefulSet', 'prometheus-stack'],
  ['etcd-node1', 'Pod', 'etcd-node1'],
  ['x', 'Pod', 'x'],
])('%s is a pod of the %s %s', (pod, kind, name) => {
  expect(workloadByName(pod)).toEqual({ kind, name });
});
