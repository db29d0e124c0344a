// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { LinkAddress, Route } from '#model/kernel.ts';
import type { HealthyOptions } from '../../../testkit/healthy-node.ts';
import { type SnapshotBuilder, healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

const route = (fields: Partial<Route>): Route => ({
  family: 4,
  dst: '10.244.3.128/25',
  type: 'unicast',
  protocol: 'static',
  scope: 'link',
  metric: 0,
  onlink: false,
  ...fields,
});

const address = (text: string, link: string): LinkAddress => ({
  link,
  family: text.includes(':') ? 6 : 4,
  address: text,
  prefixLength: 24,
  scope: 'global',
});

/** node2 with more routes. */
function withRoutes(routes: readonly Route[], options: HealthyOptions = {}): SnapshotBuilder {
  return healthyCluster(options).changeKernel('node2', 'routes', (known) => [...known, ...routes]);
}

/** node2 with one more address. */
function withAddress(added: LinkAddress): SnapshotBuilder {
  return healthyCluster().changeKernel('node2', 'addresses', (known) => [...known, added]);
}

const docker = route({ dst: '172.17.0.0/16', link: 'docker0', protocol: 'kernel' });

testCheck(anyCheck(check), {
  passes: {
    'three healthy nodes': healthyCluster(),
    'one node alone': healthyCluster({ nodes: 1 }),
    'two hundred nodes': healthyCluster({ nodes: 200 }),
    'both address families': healthyCluster({ dualStack: true }),
    'DirectRouting between two segments': healthyCluster({ nodes: 4, directRouting: true }),
    'host-gw': healthyCluster({ backend: 'host-gw', dualStack: true }),
    'bridges of Docker and libvirt': withRoutes([
      docker,
      route({ dst: '172.18.0.0/16', link: 'br-1f2e3d4c5b6a', protocol: 'kernel' }),
      route({ dst: '192.168.122.0/24', link: 'virbr0', protocol: 'kernel' }),
    ]),
    'a route to more than one pod range': withRoutes([
      route({ dst: '10.0.0.0/8', link: 'wg0' }),
      route({ dst: '10.244.0.0/16', gateway: '192.0.2.254', link: 'eth0' }),
    ]),
    'a route for each pod of the node, as Canal has them': withRoutes([
      route({ dst: '10.244.2.7/32', link: 'cali12ab34cd56e' }),
    ]),
    'a smaller route to the same peer': withRoutes([
      route({ gateway: '192.0.2.3', link: 'eth0', scope: 'global' }),
    ]),
    'a smaller route that loses against another one': withRoutes([
      route({ link: 'wg0', metric: 50 }),
      route({ gateway: '10.244.3.0', link: 'flannel.1', protocol: 'boot', onlink: true }),
    ]),
    'a leftover of flannel, which route-stale names': withRoutes([
      route({ gateway: '10.244.1.0', link: 'flannel.1', protocol: 'boot', onlink: true }),
    ]),
    'another address of flannel, which link-address-wrong names': withAddress(
      address('10.244.3.0', 'flannel.1'),
    ),
    'a pod range inside that of another node, which pod-cidr-duplicate names': withRoutes([
      route({ gateway: '10.244.3.128', link: 'flannel.1', protocol: 'boot', onlink: true }),
    ]).changeNode('node1', (node) => ({ ...node, podCIDRs: ['10.244.3.128/25'] })),
    'an address of an interface in the range of the node itself': withAddress(
      address('10.244.2.200', 'dummy0'),
    ),
  },
  fails: {
    'a bridge that is not of Kubernetes has half of the range of a peer': {
      snapshot: withRoutes([route({ link: 'docker0', protocol: 'kernel' })]),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          severity: 'critical',
          breaks: 'pair',
          object: 'route 10.244.3.128/25',
          expected: '10.244.3.0/24 via 10.244.3.0 dev flannel.1 onlink',
          observed: '10.244.3.128/25 dev docker0',
          message:
            'node2 has a route to 10.244.3.128/25, a part of the pod range of node3, that leads elsewhere. The kernel prefers it to the route of flannel, so pods on node2 do not reach the pods in 10.244.3.128/25.',
        },
      ],
    },
    'a VPN announces one pod, and a firewall refuses another': {
      snapshot: withRoutes([
        route({ dst: '10.244.1.9/32', link: 'wg0' }),
        route({ dst: '10.244.3.9/32', type: 'blackhole' }),
      ]),
      findings: [
        { node: 'node2', peer: 'node1', observed: '10.244.1.9/32 dev wg0' },
        { node: 'node2', peer: 'node3', observed: 'blackhole 10.244.3.9/32' },
      ],
    },
    'a smaller route on the link of flannel without a next hop': {
      snapshot: withRoutes([route({ link: 'flannel.1' })]),
      findings: [{ node: 'node2', peer: 'node3', observed: '10.244.3.128/25 dev flannel.1' }],
    },
    'the pods of the node itself are sent to a router': {
      snapshot: withRoutes([
        route({ dst: '10.244.2.64/26', gateway: '192.0.2.254', link: 'eth0', scope: 'global' }),
      ]),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          breaks: 'node',
          expected: 'nothing',
          observed: '10.244.2.64/26 via 192.0.2.254 dev eth0',
          message:
            'node2 sends what is for its own pods in 10.244.2.64/26 to 192.0.2.254, so nothing reaches them.',
        },
      ],
    },
    'with host-gw': {
      snapshot: withRoutes([route({ link: 'docker0' })], { backend: 'host-gw' }),
      findings: [
        { node: 'node2', peer: 'node3', expected: '10.244.3.0/24 via 192.0.2.3 dev eth0' },
      ],
    },
    'of IPv6': {
      snapshot: withRoutes(
        [route({ family: 6, dst: 'fd00:244:0:3:8000::/65', link: 'wg0', metric: 1024 })],
        { dualStack: true },
      ),
      findings: [{ node: 'node2', peer: 'node3', object: 'route fd00:244:0:3:8000::/65' }],
    },
    'an address of Docker lies in the range of a peer': {
      snapshot: withAddress(address('10.244.3.17', 'docker0')),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          severity: 'warning',
          breaks: 'none',
          object: 'address 10.244.3.17',
          observed: '10.244.3.17/24 dev docker0',
        },
      ],
    },
  },
  skips: {
    'the backend is one that is not judged': {
      snapshot: healthyCluster().changeNetConf((netConf) => ({
        ...netConf,
        backendType: 'udp',
      })),
      node: 'node1',
      reason: 'The backend is udp, whose routes are not judged.',
    },
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
  },
});
