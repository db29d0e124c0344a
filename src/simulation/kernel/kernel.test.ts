// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { Kernel } from './kernel.ts';
import { prefixOf } from './prefix.ts';

function kernelWithTunnel(): Kernel {
  const kernel = new Kernel();
  kernel.addLink({ name: 'eth0', kind: 'physical', mac: '02:00:00:00:00:01', mtu: 1500 });
  kernel.setUp('eth0', true);
  kernel.addAddress('eth0', { family: 4, local: '192.0.2.1', prefixLength: 24, scope: 'global' });
  kernel.addLink({
    name: 'flannel.1',
    kind: 'vxlan',
    mac: '02:00:00:00:00:02',
    mtu: 1450,
    vxlan: { vni: 1, local: '192.0.2.1', lower: 'eth0', port: 8472, learning: false },
  });
  kernel.addAddress('flannel.1', {
    family: 4,
    local: '10.1.0.0',
    prefixLength: 32,
    scope: 'global',
  });
  kernel.setUp('flannel.1', true);
  kernel.setNeighbour({
    family: 4,
    dst: '10.1.1.0',
    dev: 'flannel.1',
    lladdr: '02:00:00:00:00:03',
    state: 'PERMANENT',
  });
  kernel.setFdbEntry(
    {
      mac: '02:00:00:00:00:03',
      dev: 'flannel.1',
      dst: '192.0.2.2',
      table: 'self',
      state: 'permanent',
    },
    'add',
  );
  kernel.setRoute(
    {
      type: 'unicast',
      prefix: prefixOf('10.1.1.0/24'),
      gateway: '10.1.1.0',
      dev: 'flannel.1',
      protocol: 'boot',
      scope: 'global',
      metric: 0,
      onlink: true,
    },
    'replace',
  );
  return kernel;
}

describe('Kernel', () => {
  it('flushes routes and permanent neighbours, not forwarding entries, when a link bounces', () => {
    const kernel = kernelWithTunnel();

    kernel.setUp('flannel.1', false);
    kernel.setUp('flannel.1', true);

    expect(kernel.routes[4].group(prefixOf('10.1.1.0/24'))).toEqual([]);
    expect(kernel.neighbours()).toEqual([]);
    expect(kernel.fdb()).toHaveLength(1);
    expect(kernel.link('flannel.1').addresses.map(({ local }) => local)).toContain('10.1.0.0');
  });

  it('brings back the routes that follow from addresses when a link comes up', () => {
    const kernel = kernelWithTunnel();

    kernel.setUp('eth0', false);
    kernel.setUp('eth0', true);

    expect(kernel.routes[4].group(prefixOf('192.0.2.0/24'))).toHaveLength(1);
  });

  it('loses everything on a link that is deleted, and tells listeners', () => {
    const kernel = kernelWithTunnel();
    const deleted: string[] = [];
    kernel.onLinkDeleted((name) => deleted.push(name));

    kernel.deleteLink('flannel.1');

    expect([kernel.neighbours(), kernel.fdb()]).toEqual([[], []]);
    expect(deleted).toEqual(['flannel.1']);
  });

  it('deletes tunnels with their underlay link', () => {
    const kernel = kernelWithTunnel();

    kernel.deleteLink('eth0');

    expect(kernel.links()).toEqual([]);
  });

  it('gives a new link a new index', () => {
    const kernel = kernelWithTunnel();
    const { index, name, kind, mac, mtu } = kernel.link('flannel.1');

    kernel.deleteLink('flannel.1');
    const again = kernel.addLink({ name, kind, mac, mtu });

    expect(again.index).toBe(index + 1);
  });

  it('refuses a tunnel MTU above that of the underlay less 50', () => {
    const kernel = kernelWithTunnel();

    expect(() => {
      kernel.setMtu('flannel.1', 1451);
    }).toThrow('Invalid argument');
  });

  it('clamps a new tunnel over IPv6 to the underlay less 70', () => {
    const kernel = kernelWithTunnel();

    const link = kernel.addLink({
      name: 'flannel-v6.1',
      kind: 'vxlan',
      mac: '02:00:00:00:00:04',
      mtu: 1450,
      vxlan: { vni: 1, local: 'fd00::1', lower: 'eth0', port: 8472, learning: false },
    });

    expect(link.mtu).toBe(1430);
  });

  it('drops every IPv4 route of a link whose last IPv4 address goes', () => {
    const kernel = kernelWithTunnel();

    kernel.deleteAddress('flannel.1', '10.1.0.0');

    expect(kernel.routes[4].group(prefixOf('10.1.1.0/24'))).toEqual([]);
    expect(kernel.neighbours()).toHaveLength(1);
  });

  it('keeps a forwarding entry when another end is appended to a unicast MAC', () => {
    const kernel = kernelWithTunnel();
    const [entry] = kernel.fdb();

    for (const each of kernel.fdb()) kernel.setFdbEntry({ ...each, dst: '192.0.2.9' }, 'append');

    expect(kernel.fdb()).toEqual([entry]);
  });
});
