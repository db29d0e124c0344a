// SPDX-License-Identifier: Apache-2.0

import type { DnsDeployment } from '#model/cluster.ts';
import { anyRemedy } from '#remedies/define-remedy.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { testRemedy } from '../../../testkit/test-remedy.ts';
import { remedy } from './remedy.ts';

/** Both pods on one of five nodes. */
function together(changes: Partial<DnsDeployment> | 'not read'): SnapshotBuilder {
  return healthyCluster({ nodes: 5 }).changeCluster('coreDns', ({ deployment, ...coreDns }) => ({
    ...coreDns,
    pods: coreDns.pods.map((pod) => ({ ...pod, nodeName: 'node2' })),
    ...(changes !== 'not read' &&
      deployment !== undefined && { deployment: { ...deployment, ...changes } }),
  }));
}

testRemedy(anyRemedy(remedy), {
  treats: {
    'a template that says nothing of nodes': {
      snapshot: together({ isSpread: false }),
      steps: [
        { kind: 'patch-deployment', change: { field: 'spread', before: false, after: true } },
      ],
    },
    'a template that asks for several nodes already': {
      snapshot: together({ isSpread: true }),
      steps: [
        {
          kind: 'patch-deployment',
          change: { field: 'restartedAt', before: null, after: '2026-11-24T12:00:00.000Z' },
        },
      ],
    },
  },
  declines: {
    'a Deployment that may not be read': {
      snapshot: together('not read'),
      reason: /could not be read/,
    },
    'a DNS outside kube-system': {
      snapshot: together({ namespace: 'dns' }),
      reason: /not in kube-system/,
    },
  },
});
