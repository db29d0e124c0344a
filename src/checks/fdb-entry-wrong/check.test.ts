// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { FdbEntry } from '#model/kernel.ts';
import { HEALTHY_CLUSTERS } from '../../../testkit/healthy-clusters.ts';
import { type SnapshotBuilder, healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

/** node2 with its FDB entry of node3 changed. */
function forwardingBy(fields: Partial<FdbEntry>): SnapshotBuilder {
  return healthyCluster().changeKernel('node2', 'fdb', (fdb) =>
    fdb.map((entry) => (entry.mac === '02:00:00:00:00:03' ? { ...entry, ...fields } : entry)),
  );
}

testCheck(anyCheck(check), {
  passes: {
    ...HEALTHY_CLUSTERS,
  },
  fails: {
    'the destination is another address': {
      snapshot: forwardingBy({ dst: '192.0.2.77' }),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          severity: 'critical',
          breaks: 'pair',
          object: 'fdb 02:00:00:00:00:03',
          expected: '02:00:00:00:00:03 dev flannel.1 dst 192.0.2.3 self permanent',
          observed: '02:00:00:00:00:03 dev flannel.1 dst 192.0.2.77 self permanent',
          message:
            'node2 sends its tunnel packets for node3 to 192.0.2.77 instead of 192.0.2.3, so its pods reach no pod there.',
        },
      ],
    },
    'the entry has no destination': {
      snapshot: healthyCluster().changeKernel('node2', 'fdb', (fdb) =>
        fdb.map((entry) => {
          if (entry.mac !== '02:00:00:00:00:03') return entry;
          const { dst: _, ...rest } = entry;
          return rest;
        }),
      ),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          message:
            'node2 sends its tunnel packets for node3 to no address instead of 192.0.2.3, so its pods reach no pod there.',
        },
      ],
    },
    'two wrong destinations of one MAC make one finding': {
      snapshot: healthyCluster().changeKernel('node2', 'fdb', (fdb) => [
        ...fdb,
        { mac: '02:00:00:00:00:03', link: 'flannel.1', dst: '192.0.2.77', state: 'permanent' },
        { mac: '02:00:00:00:00:03', link: 'flannel.1', dst: '192.0.2.78', state: 'permanent' },
      ]),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          observed:
            '02:00:00:00:00:03 dev flannel.1 dst 192.0.2.77 self permanent; 02:00:00:00:00:03 dev flannel.1 dst 192.0.2.78 self permanent',
        },
      ],
    },
    'an IPv6 destination is another address': {
      snapshot: healthyCluster({ dualStack: true }).changeKernel('node1', 'fdb', (fdb) =>
        fdb.map((entry) =>
          entry.dst === '2001:db8::2' ? { ...entry, dst: '2001:db8::99' } : entry,
        ),
      ),
      findings: [{ node: 'node1', peer: 'node2', object: 'fdb 02:00:00:06:00:02' }],
    },
  },
  skips: {
    'the backend is another one': {
      snapshot: healthyCluster().changeNetConf((netConf) => ({
        ...netConf,
        backendType: 'host-gw',
      })),
      node: 'node1',
      reason: 'The backend is host-gw, not vxlan.',
    },
    'the link is gone': {
      snapshot: healthyCluster().changeKernel('node2', 'links', (links) =>
        links.filter(({ name }) => name !== 'flannel.1'),
      ),
      node: 'node2',
      reason: 'flannel.1 does not exist, so it holds no entries.',
    },
    'the link is down': {
      snapshot: healthyCluster().changeKernel('node2', 'links', (links) =>
        links.map((link) => (link.name === 'flannel.1' ? { ...link, up: false } : link)),
      ),
      node: 'node2',
      reason: 'flannel.1 is down, so the kernel dropped what it held.',
    },
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
  },
});
