// SPDX-License-Identifier: Apache-2.0

import { anyRemedy } from '#remedies/define-remedy.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { testRemedy } from '../../../testkit/test-remedy.ts';
import { remedy } from './remedy.ts';

const LINES = [
  'FLANNEL_NETWORK=10.244.0.0/15',
  'FLANNEL_SUBNET=10.244.2.1/24',
  'FLANNEL_MTU=1450',
  'FLANNEL_IPMASQ=true',
];

function withoutFile(dualStack = false): SnapshotBuilder {
  return healthyCluster({ dualStack }).changeKernel('node2', 'subnetEnv', () => null);
}

testRemedy(anyRemedy(remedy), {
  treats: {
    'the file is gone': {
      snapshot: withoutFile(),
      steps: [{ kind: 'write-file', node: 'node2', before: [], after: LINES }],
    },
    'the file is of another range': {
      snapshot: healthyCluster().changeKernel('node2', 'subnetEnv', (file) => ({
        ...file,
        subnet: '10.244.77.1/24',
      })),
      steps: [
        {
          kind: 'write-file',
          before: LINES.map((line) => line.replace('244.2.1', '244.77.1')),
          after: LINES,
        },
      ],
    },
  },
  declines: {
    'it is not known whether flanneld masquerades': {
      snapshot: withoutFile().changeKernel('node2', 'natRules', () => ({
        rules: [],
        flannelTable: null,
      })),
      reason: /masquerades on node2/,
    },
    'the link, and with it the MTU, is gone': {
      snapshot: withoutFile().changeKernel('node2', 'links', (links) =>
        links.filter(({ name }) => name !== 'flannel.1'),
      ),
      reason: /Not every line/,
    },
    'flannel is a part of another program': {
      snapshot: withoutFile().changeCluster('flannel', ({ annotationPrefix }) => ({
        kind: 'embedded',
        annotationPrefix,
      })),
      reason: /part of another program/,
    },
  },
});
