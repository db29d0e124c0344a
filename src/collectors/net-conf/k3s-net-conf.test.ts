// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { FactAbsence } from '#collectors/fact-absence.ts';
import { isK3sNode, k3sNetConf } from '#collectors/net-conf/k3s-net-conf.ts';
import { type ProjectedNode, projectNode } from '#sources/kubernetes/objects/node.ts';

const PREFIX = 'flannel.alpha.coreos.com';

interface Parts {
  readonly args?: readonly string[] | undefined;
  readonly podCIDRs?: readonly string[];
  readonly type?: string;
  readonly data?: string;
  readonly os?: string;
}

function node(number: number, parts: Parts = {}): ProjectedNode {
  const { podCIDRs = [`10.42.${String(number)}.0/24`], type = 'vxlan', os = 'linux' } = parts;
  const { data = '{"VNI":1,"VtepMAC":"8e:47:00:00:00:01"}' } = parts;
  const args = 'args' in parts ? parts.args : number === 0 ? ['server'] : ['agent'];
  const projected = projectNode({
    metadata: {
      name: `node${String(number)}`,
      labels: { 'kubernetes.io/os': os },
      annotations: {
        [`${PREFIX}/backend-type`]: type,
        [`${PREFIX}/backend-data`]: data,
        ...(args !== undefined && { 'k3s.io/node-args': JSON.stringify(args) }),
      },
    },
    spec: { podCIDRs },
    status: { nodeInfo: { kubeletVersion: 'v1.33.5+k3s1' } },
  });
  if (projected === undefined) throw new Error('no node');
  return projected;
}

/** Three nodes, of which the first is a server. */
function nodes(parts: Parts = {}, server: Parts = {}): readonly ProjectedNode[] {
  return [node(0, { ...parts, ...server }), node(1, parts), node(2, parts)];
}

function absenceOf(of: readonly ProjectedNode[]): Partial<FactAbsence> {
  try {
    k3sNetConf(of);
  } catch (error) {
    if (error instanceof FactAbsence) return { reason: error.reason, message: error.message };
    throw error;
  }
  throw new Error('it was derived');
}

describe('net-conf of k3s', () => {
  it('is what k3s writes without an argument', () => {
    const netConf = k3sNetConf(nodes());

    expect(netConf).toStrictEqual({
      network: '10.42.0.0/16',
      ipv4: true,
      ipv6: false,
      nftables: false,
      backendType: 'vxlan',
      vni: 1,
      directRouting: false,
      learning: false,
      gbp: false,
      announced: true,
    });
  });

  it('has the network that the servers name', () => {
    const podCIDRs = ['10.9.1.0/24', 'fd00:9:1::/64'];
    const args = ['server', '--cluster-cidr', '10.9.0.0/16,fd00:9::/32'];

    const netConf = k3sNetConf(nodes({ podCIDRs }, { args }));

    expect(netConf).toMatchObject({
      network: '10.9.0.0/16',
      ipv6Network: 'fd00:9::/32',
      ipv4: true,
      ipv6: true,
    });
  });

  it.each([
    ['no server has a Node', [node(1), node(2)]],
    [
      'servers disagree',
      [...nodes(), node(3, { args: ['server', '--cluster-cidr', '10.42.0.0/15'] })],
    ],
    ['most ranges lie outside', nodes({ podCIDRs: ['10.99.1.0/24'] })],
    ['it names no range', nodes({}, { args: ['server', '--cluster-cidr', 'x'] })],
  ])('has no network when %s', (_name, of) => {
    expect(k3sNetConf(of)).not.toHaveProperty('network');
  });

  it('has backend and VNI of the majority', () => {
    const announced = { data: '{"VNI":7}' };

    const netConf = k3sNetConf([node(0), node(1, announced), node(2, announced)]);

    expect(netConf).toMatchObject({ backendType: 'vxlan', vni: 7 });
  });

  it('of host-gw needs no VNI', () => {
    expect(k3sNetConf(nodes({ type: 'host-gw', data: 'null' }))).toMatchObject({
      backendType: 'host-gw',
      network: '10.42.0.0/16',
    });
  });

  it('of wireguard has the mode that an older k3s was given', () => {
    const args = ['server', '--flannel-backend', 'wireguard-native=Mode=auto,X=1'];

    const netConf = k3sNetConf(nodes({ type: 'wireguard', data: '{}' }, { args }));

    expect(netConf).toMatchObject({ backendType: 'wireguard', mode: 'auto' });
  });

  it('leaves nodes of Windows out', () => {
    const windows = node(3, { os: 'windows', args: undefined, type: 'extension' });

    expect(k3sNetConf([...nodes(), windows]).backendType).toBe('vxlan');
  });

  it.each([
    [
      'a node has a file of its own',
      nodes({ args: ['agent', '--flannel-conf', '/etc/net-conf.json'] }),
      'Flannel runs inside k3s, and node0 has a file of its own for it (--flannel-conf), which no API shows.',
    ],
    [
      'a node does not tell its arguments',
      nodes({ args: undefined }),
      'Flannel runs inside k3s, and node0 does not tell by which arguments.',
    ],
    [
      'k3s runs without it',
      nodes({}, { args: ['server', '--flannel-backend', 'none'] }),
      'k3s runs without its flannel (--flannel-backend none).',
    ],
    [
      'no backend has a majority',
      [node(0), node(1, { type: 'host-gw' })],
      'No backend of flannel is announced by most nodes of k3s.',
    ],
    [
      'no VNI has a majority',
      [node(0), node(1, { data: '{"VNI":' })],
      'No VNI is announced by most nodes of k3s.',
    ],
    ['no node has a range', nodes({ podCIDRs: [] }), 'Most nodes of k3s have no pod range.'],
    [
      'host-gw has no known network',
      [node(1, { type: 'host-gw' })],
      'The arguments of no server of k3s tell the pod network, and without it its routes are not known.',
    ],
  ])('is absent when %s', (_name, of, message) => {
    expect(absenceOf(of).message).toBe(message);
  });
});

describe('a node of k3s', () => {
  it.each([
    ['v1.33.5+k3s1', true],
    ['v1.33.5+rke2r1', false],
    ['v1.33.5', false],
  ])('with kubelet %s: %s', (kubeletVersion, expected) => {
    expect(isK3sNode({ ...node(0).node, kubeletVersion })).toBe(expected);
  });
});
