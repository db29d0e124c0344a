// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { annotationKey, leaseOfNode, subnetLeases } from '#expected/subnet-leases.ts';
import type { FlannelWorkload, NodeObject } from '#model/cluster.ts';
import { healthyFacts } from '../../testkit/healthy-facts.ts';

const PREFIX = 'flannel.alpha.coreos.com';
const flannel: FlannelWorkload = { kind: 'embedded', annotationPrefix: PREFIX };

function node(
  annotations: Readonly<Record<string, string>>,
  podCIDRs = ['10.244.1.0/24'],
): NodeObject {
  const [first] = healthyFacts({ nodes: 1 }).cluster.nodes;
  if (first === undefined) throw new Error('no node');
  const flannelAnnotations = Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => [`${PREFIX}/${key}`, value]),
  );
  return { ...first, podCIDRs, flannelAnnotations };
}

const COMPLETE = {
  'kube-subnet-manager': 'true',
  'backend-type': 'vxlan',
  'backend-data': '{"VNI":1,"VtepMAC":"8E:47:00:00:00:01"}',
  'public-ip': '192.0.2.1',
};

describe('annotationKey', () => {
  it.each([
    ['flannel.alpha.coreos.com', 'flannel.alpha.coreos.com/public-ip'],
    ['example.com/', 'example.com/public-ip'],
    ['example.com/net', 'example.com/net-public-ip'],
    ['example.com/net-', 'example.com/net-public-ip'],
  ])('joins %s as flannel does', (prefix, key) => {
    expect(annotationKey(prefix, 'public-ip')).toBe(key);
  });
});

describe('subnetLeases', () => {
  it('reads a complete vxlan lease', () => {
    const [lease] = subnetLeases([node(COMPLETE)], flannel);

    expect(lease).toMatchObject({
      node: 'node1',
      announced: true,
      backendType: 'vxlan',
      vni: 1,
      v4: {
        podCidr: '10.244.1.0/24',
        network: '10.244.1.0',
        publicIp: '192.0.2.1',
        vtepMac: '8e:47:00:00:00:01',
      },
      problems: [],
    });
  });

  it('takes a missing VNI for 0, as Go does', () => {
    const data = '{"VtepMAC":"8e:47:00:00:00:01"}';

    const [lease] = subnetLeases([node({ ...COMPLETE, 'backend-data': data })], flannel);

    expect(lease?.vni).toBe(0);
  });

  it.each([
    '',
    'null',
    '[]',
    '{"VNI":"1","VtepMAC":"8e:47:00:00:00:01"}',
    '{"VNI":1}',
    '{',
    '{"VNI":1,"VtepMAC":"x; reboot"}',
  ])('calls backend-data %j unreadable', (value) => {
    const [lease] = subnetLeases([node({ ...COMPLETE, 'backend-data': value })], flannel);

    expect(lease?.problems).toEqual([
      {
        annotation: `${PREFIX}/backend-data`,
        suffix: 'backend-data',
        family: 4,
        problem: 'unreadable',
        value,
      },
    ]);
    expect(lease?.v4?.vtepMac).toBeUndefined();
  });

  it('names every annotation that is missing', () => {
    const [lease] = subnetLeases([node({})], flannel);

    expect(lease?.announced).toBe(false);
    expect(lease?.problems.map(({ annotation }) => annotation)).toEqual([
      `${PREFIX}/kube-subnet-manager`,
      `${PREFIX}/backend-type`,
      `${PREFIX}/backend-data`,
      `${PREFIX}/public-ip`,
    ]);
  });

  it('keeps the MAC of a node that lost its backend-type only', () => {
    const { 'backend-type': _, ...rest } = COMPLETE;

    const [lease] = subnetLeases([node(rest)], flannel);

    expect(lease?.backendType).toBeUndefined();
    expect(lease?.v4?.vtepMac).toBe('8e:47:00:00:00:01');
    expect(lease?.problems.map(({ suffix }) => suffix)).toEqual(['backend-type']);
  });

  it('takes an empty backend-type for none', () => {
    const [lease] = subnetLeases([node({ ...COMPLETE, 'backend-type': '' })], flannel);

    expect(lease?.backendType).toBeUndefined();
    expect(lease?.problems).toMatchObject([{ suffix: 'backend-type', problem: 'unreadable' }]);
  });

  it('marks what only IPv6 needs', () => {
    const podCIDRs = ['10.244.1.0/24', 'fd00:1::/64'];

    const [lease] = subnetLeases([node(COMPLETE, podCIDRs)], flannel);

    expect(lease?.problems).toMatchObject([
      { suffix: 'backend-v6-data', family: 6, problem: 'missing' },
      { suffix: 'public-ipv6', family: 6, problem: 'missing' },
    ]);
  });

  it('does not take an IPv6 address for the IPv4 one', () => {
    const [lease] = subnetLeases([node({ ...COMPLETE, 'public-ip': '2001:db8::1' })], flannel);

    expect(lease?.v4?.publicIp).toBeUndefined();
    expect(lease?.problems).toHaveLength(1);
  });

  it('spells an IPv6 address as the kernel does', () => {
    const annotations = { ...COMPLETE, 'public-ipv6': '2001:DB8:0:0::1' };

    const [lease] = subnetLeases([node(annotations, ['fd00:1::/64'])], flannel);

    expect(lease?.v6?.publicIp).toBe('2001:db8::1');
  });

  it('asks no IPv4 annotation of a node with an IPv6 range only', () => {
    const annotations = {
      'kube-subnet-manager': 'true',
      'backend-type': 'vxlan',
      'backend-v6-data': '{"VNI":1,"VtepMAC":"8e:47:00:00:00:06"}',
      'public-ipv6': '2001:db8::1',
    };

    const [lease] = subnetLeases([node(annotations, ['fd00:1::/64'])], flannel);

    expect(lease?.problems).toEqual([]);
    expect(lease?.v4).toBeUndefined();
    expect(lease?.v6).toMatchObject({ publicIp: '2001:db8::1', vtepMac: '8e:47:00:00:00:06' });
  });

  it('expects no backend-data of host-gw', () => {
    const annotations = { ...COMPLETE, 'backend-type': 'host-gw', 'backend-data': 'null' };

    const [lease] = subnetLeases([node(annotations)], flannel);

    expect(lease?.problems).toEqual([]);
  });

  it('gives the same answer object for the same facts', () => {
    const nodes = [node(COMPLETE)];

    expect(subnetLeases(nodes, flannel)).toBe(subnetLeases(nodes, flannel));
    expect(leaseOfNode(nodes, flannel, 'node1')).toBe(subnetLeases(nodes, flannel)[0]);
    expect(leaseOfNode(nodes, flannel, 'node9')).toBeUndefined();
  });
});
