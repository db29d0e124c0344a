// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { FdbEntry } from '#model/kernel.ts';
import { HEALTHY_CLUSTERS } from '../../../testkit/healthy-clusters.ts';
import { type SnapshotBuilder, healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

/** node2 with more FDB entries. */
function forwarding(...added: readonly Partial<FdbEntry>[]): SnapshotBuilder {
  return healthyCluster({ dualStack: true }).changeKernel('node2', 'fdb', (fdb) => [
    ...fdb,
    ...added.map((fields): FdbEntry => ({
      mac: '02:00:00:00:00:99',
      link: 'flannel.1',
      dst: '192.0.2.99',
      state: 'permanent',
      ...fields,
    })),
  ]);
}

testCheck(anyCheck(check), {
  passes: {
    ...HEALTHY_CLUSTERS,
    'group addresses, which are the link’s own': forwarding({ mac: '33:33:00:00:00:01' }),
    'an entry of another vxlan link': forwarding({ link: 'vxlan.calico' }),
  },
  fails: {
    'a node is gone, its entry is not': {
      snapshot: forwarding({}),
      findings: [
        {
          node: 'node2',
          severity: 'info',
          breaks: 'none',
          object: 'fdb 02:00:00:00:00:99',
          expected: 'nothing',
          observed: '02:00:00:00:00:99 dev flannel.1 dst 192.0.2.99 self permanent',
          message:
            'node2 still has an FDB entry for 02:00:00:00:00:99, which no node announces. It harms nothing.',
        },
      ],
    },
    'the MAC of a peer changed': {
      snapshot: forwarding({ dst: '192.0.2.3' }),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          severity: 'info',
          breaks: 'none',
          message:
            'node2 has an FDB entry that leads to node3 by 02:00:00:00:00:99, which is not its MAC. Flannel leaves one behind when the MAC of a node changes; it harms nothing.',
        },
      ],
    },
    'the destination is the address of the node itself': {
      snapshot: forwarding({ dst: '192.0.2.2' }),
      findings: [{ node: 'node2', severity: 'info', breaks: 'none' }],
    },
    'the MAC is that of the node itself': {
      snapshot: forwarding({ mac: '02:00:00:00:00:02', dst: '192.0.2.2' }),
      findings: [
        {
          node: 'node2',
          severity: 'info',
          breaks: 'none',
          message:
            'node2 has an FDB entry for its own MAC 02:00:00:00:00:02. Nothing uses it, so it harms nothing.',
        },
      ],
    },
    'two entries of one MAC make one finding': {
      snapshot: forwarding({}, { dst: '192.0.2.98' }),
      findings: [
        {
          node: 'node2',
          observed:
            '02:00:00:00:00:99 dev flannel.1 dst 192.0.2.99 self permanent; 02:00:00:00:00:99 dev flannel.1 dst 192.0.2.98 self permanent',
        },
      ],
    },
    'the IPv6 MAC of a peer changed': {
      snapshot: forwarding({ link: 'flannel-v6.1', dst: '2001:db8::3' }),
      findings: [{ node: 'node2', peer: 'node3', severity: 'info' }],
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
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
  },
});
