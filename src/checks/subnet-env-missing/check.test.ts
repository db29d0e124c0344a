// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import { HEALTHY_CLUSTERS } from '../../../testkit/healthy-clusters.ts';
import { healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

testCheck(anyCheck(check), {
  passes: {
    ...HEALTHY_CLUSTERS,
  },
  fails: {
    'the file was removed': {
      snapshot: healthyCluster().changeKernel('node2', 'subnetEnv', () => null),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          breaks: 'none',
          object: 'file /run/flannel/subnet.env',
          expected: '/run/flannel/subnet.env',
          observed: 'nothing',
          message:
            '/run/flannel/subnet.env is missing on node2, so no new pod can start there. Pods that run already go on, and their traffic is not touched.',
        },
      ],
    },
  },
  skips: {
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
  },
});
