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
    'the other family’s link is gone': healthyCluster({ dualStack: true }).changeKernel(
      'node2',
      'links',
      (links) => links.filter(({ name }) => name !== 'flannel-v6.1'),
    ),
  },
  fails: {
    'the link is down': {
      snapshot: healthyCluster().changeKernel('node2', 'links', (links) =>
        links.map((link) => (link.name === 'flannel.1' ? { ...link, up: false } : link)),
      ),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          breaks: 'node',
          object: 'link flannel.1',
          expected: 'flannel.1 UP',
          observed: 'flannel.1 DOWN',
          message:
            'flannel.1 on node2 is down, so the pods there reach no pod on another node over IPv4 and none reaches them. Setting it up again does not bring its routes and neighbours back.',
        },
      ],
    },
    'the link of one family is down': {
      snapshot: healthyCluster({ dualStack: true }).changeKernel('node2', 'links', (links) =>
        links.map((link) => (link.name === 'flannel-v6.1' ? { ...link, up: false } : link)),
      ),
      findings: [{ node: 'node2', object: 'link flannel-v6.1' }],
    },
    'the link of wireguard is down': {
      snapshot: healthyCluster({ backend: 'wireguard' }).changeKernel('node2', 'links', (links) =>
        links.map((link) => (link.name === 'flannel-wg' ? { ...link, up: false } : link)),
      ),
      findings: [{ node: 'node2', breaks: 'node', observed: 'flannel-wg DOWN' }],
    },
    'the link of ipip is down': {
      snapshot: healthyCluster({ backend: 'ipip' }).changeKernel('node2', 'links', (links) =>
        links.map((link) => (link.name === 'flannel.ipip' ? { ...link, up: false } : link)),
      ),
      findings: [
        {
          node: 'node2',
          breaks: 'node',
          message:
            'flannel.ipip on node2 is down, so the pods there reach no pod on another node over IPv4 and none reaches them. Once it is up again, flanneld brings its routes back within 10 seconds.',
        },
      ],
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
    'the link is gone': {
      snapshot: healthyCluster().changeKernel('node2', 'links', (links) =>
        links.filter(({ name }) => name !== 'flannel.1'),
      ),
      node: 'node2',
      reason: 'flannel.1 does not exist.',
    },
    'the links of both families are gone': {
      snapshot: healthyCluster({ dualStack: true }).changeKernel('node2', 'links', (links) =>
        links.filter(({ kind }) => kind !== 'vxlan'),
      ),
      node: 'node2',
      reason: 'flannel.1 and flannel-v6.1 do not exist.',
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
