// SPDX-License-Identifier: Apache-2.0

import { array, assert, constantFrom, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { NodeObject } from '#model/cluster.ts';
import { commandSite, isObjectName, kubeletUnit, plainAddress } from './command-site.ts';
import { healthyCluster } from '../../testkit/snapshot-builder.ts';

function nodeWith(change: Partial<NodeObject>): NodeObject {
  const { nodes } = healthyCluster().build().cluster;
  if (nodes.state !== 'observed' || nodes.value[0] === undefined) throw new Error('no node');
  return { ...nodes.value[0], ...change };
}

const HARMLESS = /^[A-Za-z0-9.:-]+$/u;

describe('a node in a command', () => {
  it.each([
    ['Talos (v1.11.2)', 'v1.34.0', 'talos', undefined],
    ['Debian', 'v1.34.1+k3s1', 'k3s', 'k3s'],
    ['Debian', 'v1.34.1+rke2r1', 'rke2', 'rke2-server'],
    ['Ubuntu', 'v1.34.1', 'other', 'kubelet'],
  ])('is known by its platform: %s %s', (osImage, kubeletVersion, platform, unit) => {
    const node = nodeWith({ osImage, kubeletVersion, controlPlane: true });

    const site = commandSite([node], node.name);

    expect(site?.platform).toBe(platform);
    expect(site && kubeletUnit(site)).toBe(unit);
  });

  it('has its address in its one spelling, else its name', () => {
    const spelt = nodeWith({ internalIPs: ['bad', '2001:DB8:0::1'] });
    const unreadable = nodeWith({ internalIPs: ['1.2.3.4; reboot'] });

    expect(commandSite([spelt], spelt.name)?.address).toBe('2001:db8::1');
    expect(commandSite([unreadable], unreadable.name)?.address).toBe(unreadable.name);
  });

  it('is none where its name has any other form', () => {
    for (const name of ['a;b', '$(x)', 'a b', '-n', 'a\nb', '', 'A', 'a`b`']) {
      expect(commandSite([nodeWith({ name })], name)).toBeUndefined();
    }
  });

  it('never lets a hostile text through', () => {
    const piece = constantFrom(
      'a',
      '1',
      '.',
      ':',
      '-',
      ' ',
      ';',
      '$',
      '`',
      '\n',
      '%',
      '/',
      "'",
      '"',
    );
    const text = array(piece).map((all) => all.join(''));

    assert(
      property(text, string(), (first, second) => {
        const printed = [first, second].flatMap((each) => [
          plainAddress(each) ?? 'none',
          isObjectName(each) ? each : 'none',
        ]);
        expect(printed.filter((each) => !HARMLESS.test(each))).toEqual([]);
      }),
    );
  });
});
