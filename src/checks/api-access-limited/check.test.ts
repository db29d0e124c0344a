// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { AccessRight } from '#model/access.ts';
import { type SnapshotBuilder, healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

/** A healthy cluster in which the answers about one resource differ. */
function answered(resource: string, change: Partial<AccessRight>, verb?: string): SnapshotBuilder {
  return healthyCluster().changeCluster('access', ({ rights }) => ({
    rights: rights.map((right) =>
      right.resource === resource && (verb ?? right.verb) === right.verb
        ? { ...right, ...change }
        : right,
    ),
  }));
}

testCheck(anyCheck(check), {
  passes: {
    'every right': healthyCluster(),
    'every right, and nodes that run Windows': healthyCluster({ windowsNodes: 2 }),
    'two hundred nodes': healthyCluster({ nodes: 200 }),
  },
  fails: {
    'no right to list DaemonSets, and nothing in their place': {
      snapshot: answered('daemonsets', { answer: 'denied', lost: ['flannel', 'flannelPods'] }),
      findings: [
        {
          severity: 'info',
          breaks: 'none',
          object: 'right list daemonsets.apps',
          expected: 'allowed',
          observed: 'denied',
          message:
            'You may not list daemonsets.apps, so what could not be read is flannel, flannelPods. Every check that needs it is unknown, which says nothing about the cluster.',
        },
      ],
    },
    'no right to read the configuration, which the nodes gave': {
      snapshot: answered('configmaps', { answer: 'denied' }),
      findings: [
        {
          severity: 'info',
          object: 'right get configmaps in kube-flannel',
          message:
            'You may not get configmaps in kube-flannel. No fact is missing because of that in this run: it was had in another way or could be done without, and a check that can judge less is skipped with the reason.',
        },
      ],
    },
    'no right to one object by its name': {
      snapshot: answered('namespaces', { answer: 'denied' }),
      findings: [{ severity: 'info', object: 'right get namespaces kube-system' }],
    },
    'both verbs of exec missing': {
      snapshot: answered('pods/exec', { answer: 'denied', lost: ['links', 'routes'] }),
      findings: [
        { severity: 'info', object: 'right get pods/exec in kube-flannel' },
        { severity: 'info', object: 'right create pods/exec in kube-flannel' },
      ],
    },
    'one verb of exec missing': {
      snapshot: answered('pods/exec', { answer: 'denied', lost: ['links'] }, 'create'),
      findings: [{ severity: 'info', object: 'right create pods/exec in kube-flannel' }],
    },
    'a denial beside a right that could not be asked for': {
      snapshot: answered('pods/exec', { answer: 'not-asked' }).changeCluster(
        'access',
        ({ rights }) => ({
          rights: rights.map((right) =>
            right.resource === 'nodes' ? { ...right, answer: 'denied', lost: ['nodes'] } : right,
          ),
        }),
      ),
      findings: [{ severity: 'info', object: 'right list nodes' }],
    },
  },
  skips: {
    'Flannel in no pods': {
      snapshot: answered('pods/exec', { answer: 'not-asked' }),
      reason: 'Flannel was found in no namespace, so the rights there could not be asked for.',
    },
  },
});
