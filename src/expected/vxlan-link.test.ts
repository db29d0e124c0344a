// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import {
  expectedVxlanLinks,
  expectedVxlanMtu,
  findLink,
  presentVxlanLinks,
} from '#expected/vxlan-link.ts';
import type { NetConf } from '#model/cluster.ts';
import type { Link } from '#model/kernel.ts';
import { healthyFacts } from '../../testkit/healthy-facts.ts';
import type { HealthyOptions } from '../../testkit/healthy-node.ts';

interface Subject {
  readonly netConf: NetConf;
  readonly links: readonly Link[];
}

function subject(options: HealthyOptions = {}): Subject {
  const { cluster, nodes } = healthyFacts(options);
  return { netConf: cluster.netConf, links: nodes['node1']?.links ?? [] };
}

function mtus({ netConf, links }: Subject): readonly (number | undefined)[] {
  return presentVxlanLinks(netConf, links).map(({ expected, link }) =>
    expectedVxlanMtu(netConf, expected.family, findLink(links, link.vxlan?.lowerLink ?? '')?.link),
  );
}

describe('expectedVxlanLinks', () => {
  it('names one link per family, with the kernel’s port where net-conf names none', () => {
    const { netConf } = subject({ dualStack: true, vni: 7 });

    const links = expectedVxlanLinks(netConf);

    expect(links).toMatchObject([
      { family: 4, name: 'flannel.7', vni: 7, port: 8472 },
      { family: 6, name: 'flannel-v6.7', vni: 7, port: 8472 },
    ]);
  });
});

describe('presentVxlanLinks', () => {
  it('leaves out the links that are gone', () => {
    const { netConf, links } = subject({ dualStack: true });
    const rest = links.filter(({ name }) => name !== 'flannel.1');

    expect(presentVxlanLinks(netConf, rest).map(({ link }) => link.name)).toEqual(['flannel-v6.1']);
  });
});

describe('expectedVxlanMtu', () => {
  it.each<readonly [string, HealthyOptions, readonly number[]]>([
    ['50 below the underlay', { underlayMtu: 9000 }, [8950]],
    ['50 below Backend.MTU', { backendMtu: 1400 }, [1350]],
    ['what the kernel lets through, where Backend.MTU asks for more', { backendMtu: 9000 }, [1450]],
    ['70 below the underlay for IPv6', { dualStack: true }, [1450, 1430]],
    [
      '50 below Backend.MTU for IPv6 where that fits',
      { dualStack: true, backendMtu: 1400 },
      [1350, 1350],
    ],
  ])('is %s', (_, options, expected) => {
    expect(mtus(subject(options))).toEqual(expected);
  });

  it('is unknown where neither net-conf nor the lower link tells', () => {
    const { netConf, links } = subject();

    expect(mtus({ netConf, links: links.filter(({ name }) => name !== 'eth0') })).toEqual([
      undefined,
    ]);
  });
});
