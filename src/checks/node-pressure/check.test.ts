// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import { HEALTHY_CLUSTERS } from '../../../testkit/healthy-clusters.ts';
import { type SnapshotBuilder, healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

/** node2 with a further condition. */
function conditioned(type: string, status: 'True' | 'False' | 'Unknown'): SnapshotBuilder {
  return healthyCluster().changeNode('node2', (node) => ({
    ...node,
    conditions: [
      ...node.conditions,
      { type, status, reason: 'Measured', lastTransitionAt: '2026-11-24T11:00:00Z' },
    ],
  }));
}

testCheck(anyCheck(check), {
  passes: {
    ...HEALTHY_CLUSTERS,
    'two hundred nodes': healthyCluster({ nodes: 200 }),
    'Windows nodes': healthyCluster({ windowsNodes: 2 }),
    'a condition that is False': conditioned('MemoryPressure', 'False'),
    'a condition that a dead kubelet left Unknown': conditioned('DiskPressure', 'Unknown'),
    'a condition of another kind that is True': conditioned('NetworkUnavailable', 'True'),
  },
  fails: {
    'memory runs short': {
      snapshot: conditioned('MemoryPressure', 'True'),
      findings: [
        {
          node: 'node2',
          severity: 'warning',
          breaks: 'none',
          object: 'condition MemoryPressure',
          expected: 'MemoryPressure=False',
          observed: 'MemoryPressure=True (Measured)',
          message:
            'node2 has been short of memory since 2026-11-24T11:00:00Z. Its kubelet evicts pods to get room, and flannel or CoreDNS may be among them; what the kernel holds for traffic stays.',
        },
      ],
    },
    'the disk runs full': {
      snapshot: conditioned('DiskPressure', 'True'),
      findings: [{ node: 'node2', object: 'condition DiskPressure' }],
    },
    'process ids run out': {
      snapshot: conditioned('PIDPressure', 'True'),
      findings: [{ node: 'node2', object: 'condition PIDPressure' }],
    },
  },
  skips: {},
});
