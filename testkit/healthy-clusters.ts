// SPDX-License-Identifier: Apache-2.0

import { healthyCluster } from './snapshot-builder.ts';
import type { CheckCases } from './test-check.ts';

/** Clusters with vxlan and without a fault, as different as options make them: a check of any part of them passes. */
export const HEALTHY_CLUSTERS: CheckCases['passes'] = {
  'three healthy nodes': healthyCluster(),
  'one node alone': healthyCluster({ nodes: 1 }),
  'both address families': healthyCluster({ dualStack: true }),
  'a custom VNI, port and MTU': healthyCluster({ vni: 4096, port: 4789, underlayMtu: 9000 }),
  'an annotation prefix of its own': healthyCluster({ annotationPrefix: 'example.com/net' }),
  'an annotation prefix without a slash': healthyCluster({ annotationPrefix: 'example.com' }),
  DirectRouting: healthyCluster({ nodes: 4, directRouting: true }),
};
