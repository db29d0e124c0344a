// SPDX-License-Identifier: Apache-2.0
import type { ClusterOptions } from './cluster-options.ts';
import { SimulatedCluster } from './simulated-cluster.ts';

/**
 * Any cluster; `{}` is a healthy one of three nodes.
 *
 * @throws RangeError when the options contradict each other
 */
export function cluster(options: ClusterOptions = {}): SimulatedCluster {
  return new SimulatedCluster(options);
}

/**
 * The home cluster of the runbook: three Mac minis with Talos, one of whose flannel pods restarted
 * six days ago, as after a reboot: nobody saw an OOM kill. It is healthy; `fault('routes-flush', 'mac-mini-2')` makes the runbook's incident.
 */
export function macMini(options: ClusterOptions = {}): SimulatedCluster {
  return new SimulatedCluster({
    layout: 'talos',
    nodes: [
      { name: 'mac-mini-1', address: '192.168.1.223', podCIDR: '10.244.3.0/24' },
      { name: 'mac-mini-2', address: '192.168.1.162', podCIDR: '10.244.4.0/24' },
      { name: 'mac-mini-3', address: '192.168.1.215', podCIDR: '10.244.5.0/24' },
    ],
    kubernetesVersion: 'v1.34.0',
    osImage: 'Talos (v1.11.2)',
    flannelVersion: 'v0.27.2',
    interfaceName: 'enp4s0',
    capacity: { cpu: 12, memoryKiB: 65_687_116 },
    coreDnsOn: ['mac-mini-2', 'mac-mini-3'],
    workloads: [
      { namespace: 'web', name: 'cloudflared-6c9d5f7b4-x2klm', node: 'mac-mini-2' },
      { namespace: 'web', name: 'website-7f8b9c6d5-q4wzt', node: 'mac-mini-1' },
    ],
    flannelPodSuffixes: {
      'mac-mini-1': 'fhvzm',
      'mac-mini-2': 'fqcnr',
      'mac-mini-3': 'psfgk',
    },
    restarted: { node: 'mac-mini-2', daysAgo: 6, reason: 'Unknown', exitCode: 255 },
    ...options,
  });
}
