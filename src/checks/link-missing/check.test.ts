// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import { healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

testCheck(anyCheck(check), {
  passes: {
    'three healthy nodes': healthyCluster(),
    wireguard: healthyCluster({ backend: 'wireguard' }),
    'wireguard with both address families': healthyCluster({
      backend: 'wireguard',
      dualStack: true,
    }),
    'wireguard with one link for both families': healthyCluster({
      backend: 'wireguard',
      dualStack: true,
      wireguardMode: 'auto',
    }),
    ipip: healthyCluster({ backend: 'ipip' }),
    'one node alone': healthyCluster({ nodes: 1 }),
    'direct routes to peers on the same segment': healthyCluster({ nodes: 4, directRouting: true }),
    'both address families': healthyCluster({ dualStack: true }),
    'a custom VNI': healthyCluster({ vni: 4096, port: 4789 }),
    'an annotation prefix with a slash': healthyCluster({ annotationPrefix: 'example.com/net' }),
  },
  fails: {
    'the link is gone': {
      snapshot: healthyCluster().changeKernel('node2', 'links', (links) =>
        links.filter(({ name }) => name !== 'flannel.1'),
      ),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          breaks: 'node',
          object: 'link flannel.1',
          expected: 'flannel.1 vxlan id 1 dstport 8472 nolearning',
          observed: 'nothing',
          message:
            'node2 has no flannel.1, and with it no way to the pods of any other node over IPv4.',
        },
      ],
    },
    'the links of both families are gone': {
      snapshot: healthyCluster({ dualStack: true }).changeKernel('node2', 'links', (links) =>
        links.filter(({ kind }) => kind !== 'vxlan'),
      ),
      findings: [
        { node: 'node2', object: 'link flannel.1' },
        { node: 'node2', object: 'link flannel-v6.1' },
      ],
    },
    'the link of another VNI does not count': {
      snapshot: healthyCluster({ nodes: 1, vni: 7 }).changeKernel('node1', 'links', (links) =>
        links.map((link) => (link.kind === 'vxlan' ? { ...link, name: 'flannel.1' } : link)),
      ),
      findings: [{ node: 'node1', object: 'link flannel.7' }],
    },
    'one of the two links of wireguard is gone': {
      snapshot: healthyCluster({ backend: 'wireguard', dualStack: true }).changeKernel(
        'node2',
        'links',
        (links) => links.filter(({ name }) => name !== 'flannel-wg-v6'),
      ),
      findings: [
        {
          node: 'node2',
          breaks: 'node',
          object: 'link flannel-wg-v6',
          expected: 'flannel-wg-v6 wireguard',
          observed: 'nothing',
          message:
            'node2 has no flannel-wg-v6, and with it no way to the pods of any other node over IPv6.',
        },
      ],
    },
    'the one link of wireguard for both families is gone': {
      snapshot: healthyCluster({
        backend: 'wireguard',
        dualStack: true,
        wireguardMode: 'auto',
      }).changeKernel('node2', 'links', (links) =>
        links.filter(({ name }) => name !== 'flannel-wg'),
      ),
      findings: [
        {
          node: 'node2',
          message:
            'node2 has no flannel-wg, and with it no way to the pods of any other node over IPv4 and IPv6.',
        },
      ],
    },
    'the link of ipip is gone': {
      snapshot: healthyCluster({ backend: 'ipip' }).changeKernel('node2', 'links', (links) =>
        links.filter(({ name }) => name !== 'flannel.ipip'),
      ),
      findings: [{ node: 'node2', breaks: 'node', expected: 'flannel.ipip ipip' }],
    },
  },
  skips: {
    'the backend is another one': {
      snapshot: healthyCluster().changeNetConf((netConf) => ({
        ...netConf,
        backendType: 'host-gw',
      })),
      node: 'node1',
      reason: 'The backend is host-gw, which makes no link.',
    },
    'the backend has a link that is not judged': {
      snapshot: healthyCluster().changeNetConf((netConf) => ({
        ...netConf,
        backendType: 'udp',
      })),
      node: 'node1',
      reason: 'The backend is udp, whose link is not judged.',
    },
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
  },
});
