// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { Link, LinkAddress, VxlanParameters } from '#model/kernel.ts';
import { HEALTHY_CLUSTERS } from '../../../testkit/healthy-clusters.ts';
import { type SnapshotBuilder, healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

/** Changes flannel.1 of node2. */
function changed(change: (link: Link) => Link): SnapshotBuilder {
  return healthyCluster().changeKernel('node2', 'links', (links) =>
    links.map((link) => (link.name === 'flannel.1' ? change(link) : link)),
  );
}

/** Changes vxlan parameters of flannel.1 of node2. */
function vxlanWith(fields: Partial<VxlanParameters>): SnapshotBuilder {
  return changed((link) =>
    link.vxlan === undefined ? link : { ...link, vxlan: { ...link.vxlan, ...fields } },
  );
}

/** Takes the vxlan parameters away, as where they could not be read. */
function withoutParameters(link: Link): Link {
  const { vxlan: _, ...rest } = link;
  return rest;
}

/** Changes the addresses of node2. */
function addressed(
  change: (addresses: readonly LinkAddress[]) => readonly LinkAddress[],
): SnapshotBuilder {
  return healthyCluster().changeKernel('node2', 'addresses', change);
}

testCheck(anyCheck(check), {
  passes: {
    ...HEALTHY_CLUSTERS,
    'a second address on the lower link': addressed((addresses) => [
      ...addresses,
      { link: 'eth0', family: 4, address: '192.0.2.222', prefixLength: 24, scope: 'global' },
    ]),
    'a link without an outer source address, for which the kernel picks one': changed((link) => {
      if (link.vxlan === undefined) return link;
      const { local: _, ...rest } = link.vxlan;
      return { ...link, vxlan: rest };
    }),
    'an outer source address on another link where the lower link is not known':
      healthyCluster().changeKernel('node2', 'links', (links) =>
        links.filter(({ name }) => name !== 'eth0'),
      ),
    'learning and gbp where net-conf.json asks for them': healthyCluster({ nodes: 1 })
      .changeNetConf((netConf) => ({ ...netConf, learning: true, gbp: true }))
      .changeKernel('node1', 'links', (links) =>
        links.map((link) =>
          link.vxlan === undefined
            ? link
            : { ...link, vxlan: { ...link.vxlan, learning: true, gbp: true } },
        ),
      ),
  },
  fails: {
    'the UDP port is another one': {
      snapshot: vxlanWith({ port: 4789 }),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          breaks: 'node',
          object: 'link flannel.1',
          expected: 'flannel.1 dstport 8472',
          observed: 'flannel.1 dstport 4789',
          message:
            'flannel.1 on node2 has dstport 4789 where flannel needs dstport 8472, so no tunnel packet passes between node2 and the other nodes.',
        },
      ],
    },
    'several parameters are wrong, in one finding': {
      snapshot: vxlanWith({ vni: 7, port: 4789, learning: true }),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          breaks: 'node',
          expected: 'flannel.1 id 1, dstport 8472, nolearning',
          observed: 'flannel.1 id 7, dstport 4789, learning',
        },
      ],
    },
    'the link learns and carries group policy': {
      snapshot: vxlanWith({ learning: true, gbp: true }),
      findings: [
        {
          node: 'node2',
          severity: 'warning',
          breaks: 'none',
          expected: 'flannel.1 nolearning, no gbp',
          observed: 'flannel.1 learning, gbp',
          message:
            'flannel.1 on node2 has learning, gbp where flannel needs nolearning, no gbp. Traffic may flow today, but the link is not what flannel made.',
        },
      ],
    },
    'the link is of another kind': {
      snapshot: changed((link) => ({ ...withoutParameters(link), kind: 'dummy' })),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          breaks: 'node',
          expected: 'flannel.1 kind vxlan',
          observed: 'flannel.1 kind dummy',
        },
      ],
    },
    'the node lost the outer source address': {
      snapshot: addressed((addresses) =>
        addresses.map((each) =>
          each.link === 'eth0' ? { ...each, address: '192.0.2.222' } : each,
        ),
      ),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          breaks: 'node',
          expected: 'flannel.1 local <IPv4 address of eth0>',
          observed: 'flannel.1 local 192.0.2.2',
        },
      ],
    },
    'the outer source address moved to another link': {
      snapshot: addressed((addresses) =>
        addresses.map((each) => (each.link === 'eth0' ? { ...each, link: 'br0' } : each)),
      ),
      findings: [{ node: 'node2', severity: 'warning', breaks: 'none' }],
    },
    'the IPv6 link has another port': {
      snapshot: healthyCluster({ dualStack: true }).changeKernel('node2', 'links', (links) =>
        links.map((link) =>
          link.name === 'flannel-v6.1' && link.vxlan !== undefined
            ? { ...link, vxlan: { ...link.vxlan, port: 4789 } }
            : link,
        ),
      ),
      findings: [{ node: 'node2', object: 'link flannel-v6.1' }],
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
      reason: 'flannel.1 does not exist.',
    },
    'the parameters could not be read': {
      snapshot: changed(withoutParameters),
      node: 'node2',
      reason: 'The parameters of the vxlan link could not be read.',
    },
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
  },
});
