// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { LogMatch } from '#model/flannel-log.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

const RUNNING: LogMatch = {
  id: 'running',
  count: 1,
  firstAt: '2026-11-24T11:00:00.000Z',
  lastAt: '2026-11-24T11:00:00.000Z',
  lastLine: 10,
  text: 'Running backend.',
};

const FAILING: LogMatch = {
  id: 'watch-failing',
  count: 5,
  firstAt: '2026-11-24T11:57:00.000Z',
  lastAt: '2026-11-24T11:59:45.000Z',
  lastLine: 20,
  text: 'Failed to watch *v1.Node: Unauthorized',
};

const FORBIDDEN: LogMatch = {
  id: 'api-forbidden',
  count: 1,
  firstAt: '2026-11-24T11:59:00.000Z',
  lastAt: '2026-11-24T11:59:00.000Z',
  lastLine: 3,
  text: "Failed to create SubnetManager: pods 'x' is forbidden",
};

function saying(...matches: readonly LogMatch[]): SnapshotBuilder {
  return healthyCluster().changeKernel('node2', 'flannelLog', (log) => ({
    ...log,
    readAt: '2026-11-24T12:00:00.000Z',
    matches,
  }));
}

testCheck(anyCheck(check), {
  passes: {
    'a healthy cluster': healthyCluster(),
    'a log without a single known line, as of a flannel that runs for months': saying(),
    'a start that succeeded after errors': saying(FORBIDDEN, RUNNING),
    'the API server was away, and is back': saying(RUNNING, {
      ...FAILING,
      lastAt: '2026-11-24T11:59:10.000Z',
    }),
    'the API server went away a moment ago': saying(RUNNING, {
      ...FAILING,
      firstAt: '2026-11-24T11:59:00.000Z',
    }),
    'two lines are two moments': saying(RUNNING, { ...FAILING, count: 2 }),
    'the rules were written again once': saying(RUNNING, {
      ...FAILING,
      id: 'rules-fought-over',
      count: 1,
    }),
  },
  fails: {
    'the watch of the nodes fails': {
      snapshot: saying(RUNNING, FAILING),
      findings: [
        {
          node: 'node2',
          severity: 'warning',
          breaks: 'none',
          object: 'log line watch-failing',
          expected: 'nothing',
          observed: 'Failed to watch *v1.Node: Unauthorized',
          message:
            'flannel on node2 does not get the nodes from the API server. Its log says so, last at 2026-11-24T11:59:45.000Z by the clock of the node (such lines in the part that was read: 5).',
        },
      ],
    },
    'the last start failed': {
      snapshot: saying(FORBIDDEN),
      findings: [{ node: 'node2', object: 'log line api-forbidden' }],
    },
    'something else removes the rules': {
      snapshot: saying(RUNNING, { ...FAILING, id: 'rules-fought-over', count: 30 }),
      findings: [{ node: 'node2', object: 'log line rules-fought-over' }],
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
