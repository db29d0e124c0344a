// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Route } from '#model/kernel.ts';
import { Interner } from '#sources/linux/interner.ts';
import { parseAddresses } from '#sources/linux/parse-addresses.ts';
import { LinuxParseError } from '#sources/linux/parse-error.ts';
import { parseFdb } from '#sources/linux/parse-fdb.ts';
import { parseLinks } from '#sources/linux/parse-links.ts';
import { parseNeighbours } from '#sources/linux/parse-neighbours.ts';
import { parseNetConf } from '#sources/linux/parse-net-conf.ts';
import { parseRoutes } from '#sources/linux/parse-routes.ts';
import { parseSubnetEnv } from '#sources/linux/parse-subnet-env.ts';
import { parseSysctls } from '#sources/linux/parse-sysctls.ts';

const FLANNEL = new Set(['flannel.1']);

const parsers: Readonly<Record<string, (text: string) => unknown>> = {
  parseLinks,
  parseAddresses,
  parseRoutes: (text) => parseRoutes(text, 4, new Interner()),
  parseNeighbours: (text) => parseNeighbours(text, undefined, new Interner()),
  parseFdb: (text) => parseFdb(text, FLANNEL, new Interner()),
  parseSubnetEnv,
  parseSysctls,
  parseNetConf,
};

/** JSON that has the parsers' own keys with values of any kind. */
function odd(): fc.Arbitrary<string> {
  const keys = fc.constantFrom(
    ...['ifname', 'linkinfo', 'info_kind', 'info_data', 'id', 'flags', 'addr_info', 'family'],
    ...['local', 'dst', 'dev', 'gateway', 'via', 'state', 'mac', 'metric', 'Backend', 'Network'],
    '__proto__',
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, -1, 1e300, 0.5, 'vxlan', 'inet', 'flannel.1', ''),
      fc.string(),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(keys, tie('value'), { maxKeys: 6 }),
    ),
  }));
  return value.map((item) => JSON.stringify(item));
}

function outcome(parse: (text: string) => unknown, text: string): unknown {
  try {
    parse(text);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe.each(Object.entries(parsers))('%s', (_name, parse) => {
  it('throws nothing but its own error, whatever the text', () => {
    const property = fc.property(fc.oneof(fc.string(), fc.json(), odd()), (text) => {
      const error = outcome(parse, text);
      return error === undefined || error instanceof LinuxParseError;
    });

    expect(() => {
      fc.assert(property, { numRuns: 300 });
    }).not.toThrow();
  });
});

describe.each(['parseLinks', 'parseAddresses', 'parseRoutes', 'parseNeighbours', 'parseFdb'])(
  '%s',
  (name) => {
    it.each(['', '\n', '[]', '[{},{}]'])('takes %j as an empty list', (text) => {
      expect(parsers[name]?.(text)).toStrictEqual([]);
    });

    it.each(['[{"ifname":"x"', 'Object "x" is unknown', '{}', 'null'])('refuses %j', (text) => {
      expect(() => parsers[name]?.(text)).toThrow(LinuxParseError);
    });
  },
);

describe('parseLinks', () => {
  it('takes the IP address of a tunnel for no MAC', () => {
    const [tunnel] = parseLinks(
      '[{"ifname":"flannel.ipip","link_type":"ipip","address":"192.0.2.1","linkinfo":{"info_kind":"ipip"}}]',
    );

    expect(tunnel).toMatchObject({ name: 'flannel.ipip', kind: 'ipip' });
    expect(tunnel).not.toHaveProperty('mac');
  });

  it('reads the parameters of a vxlan link', () => {
    const text = JSON.stringify([
      {
        ifindex: 7,
        ifname: 'flannel.1',
        flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'],
        mtu: 1450,
        operstate: 'UNKNOWN',
        address: '86:CE:d1:f4:6e:fd',
        linkinfo: {
          info_kind: 'vxlan',
          info_data: { id: 1, local: '10.0.0.12', link: 'eth0', port: 8472, learning: false },
        },
      },
    ]);

    const [link] = parseLinks(text);

    expect(link).toStrictEqual({
      ifindex: 7,
      name: 'flannel.1',
      up: true,
      mtu: 1450,
      mac: '86:ce:d1:f4:6e:fd',
      kind: 'vxlan',
      vxlan: {
        vni: 1,
        local: '10.0.0.12',
        lowerLink: 'eth0',
        port: 8472,
        learning: false,
        gbp: false,
      },
    });
  });

  it('takes the IPv6 address of a vxlan link over IPv6', () => {
    const info = { info_kind: 'vxlan', info_data: { id: 1, local6: 'fd00::1' } };

    const [link] = parseLinks(JSON.stringify([{ ifname: 'flannel-v6.1', linkinfo: info }]));

    expect(link?.vxlan?.local).toBe('fd00::1');
  });

  it('sees a link that is down', () => {
    const [link] = parseLinks('[{"ifname":"cni0","flags":["BROADCAST"],"mtu":1450}]');

    expect(link?.up).toBe(false);
  });
});

describe('parseAddresses', () => {
  it('gives one entry per address', () => {
    const text = JSON.stringify([
      {
        ifname: 'eth0',
        addr_info: [
          { family: 'inet', local: '10.0.0.2', prefixlen: 24, scope: 'global' },
          { family: 'inet6', local: 'fe80::1', prefixlen: 64, scope: 'link' },
          { family: 'mpls' },
        ],
      },
    ]);

    expect(parseAddresses(text)).toStrictEqual([
      { link: 'eth0', family: 4, address: '10.0.0.2', prefixLength: 24, scope: 'global' },
      { link: 'eth0', family: 6, address: 'fe80::1', prefixLength: 64, scope: 'link' },
    ]);
  });
});

describe('parseRoutes', () => {
  const route = (record: object, family: 4 | 6 = 4): unknown =>
    parseRoutes(JSON.stringify([record]), family, new Interner())[0];

  it('fills in what iproute2 leaves out', () => {
    const read = route({
      dst: '10.244.1.0/24',
      gateway: '10.244.1.0',
      dev: 'flannel.1',
      flags: ['onlink'],
    });

    expect(read).toStrictEqual({
      family: 4,
      dst: '10.244.1.0/24',
      gateway: '10.244.1.0',
      link: 'flannel.1',
      type: 'unicast',
      protocol: 'boot',
      scope: 'global',
      metric: 0,
      onlink: true,
    });
  });

  it.each([
    [4, 'default', '0.0.0.0/0'],
    [6, 'default', '::/0'],
    [4, '10.0.0.1', '10.0.0.1/32'],
    [6, 'fd00::1', 'fd00::1/128'],
    [4, '10.0.0.0/8', '10.0.0.0/8'],
  ] as const)('writes the IPv%d destination %s as %s', (family, dst, written) => {
    expect(route({ dst, dev: 'eth0' }, family)).toMatchObject({ dst: written });
  });

  it('has no link for blackhole and multipath routes', () => {
    const blackhole = route({ type: 'blackhole', dst: '10.0.0.0/8' });
    const multipath = route({ dst: 'default', nexthops: [{ gateway: '10.0.0.1', dev: 'eth0' }] });

    expect(blackhole).toMatchObject({ type: 'blackhole' });
    expect(blackhole).not.toHaveProperty('link');
    expect(multipath).not.toHaveProperty('link');
  });

  it('takes a next hop of the other family', () => {
    const read = route({ dst: '10.0.0.0/8', via: { family: 'inet6', host: 'fe80::1' }, dev: 'e' });

    expect(read).toMatchObject({ gateway: 'fe80::1' });
  });

  it('gives equal routes of two nodes one frozen object', () => {
    const interner = new Interner<Route>();
    const text = '[{"dst":"10.244.1.0/24","gateway":"10.244.1.0","dev":"flannel.1"}]';

    const [one] = parseRoutes(text, 4, interner);
    const [other] = parseRoutes(text, 4, interner);

    expect(one).toBe(other);
    expect(one).toSatisfy(Object.isFrozen);
  });

  it('stays linear when hostile output repeats one destination', () => {
    const records = Array.from({ length: 20_000 }, (_, metric) => ({ dst: '10.1.0.0/16', metric }));

    const routes = parseRoutes(JSON.stringify(records), 4, new Interner());

    expect(routes).toHaveLength(20_000);
    expect(routes.every(Object.isFrozen)).toBe(true);
  });

  it('shares nothing between routes that differ in any field', () => {
    const base = { dst: '10.1.0.0/16', gateway: '10.0.0.1', dev: 'a', metric: 1 };
    const others = [
      { ...base, dst: '10.2.0.0/16' },
      { ...base, gateway: '10.0.0.2' },
      { ...base, dev: 'b' },
      { ...base, metric: 2 },
      { ...base, protocol: 'static' },
      { ...base, scope: 'link' },
      { ...base, type: 'local' },
      { ...base, flags: ['onlink'] },
    ];

    const routes = parseRoutes(JSON.stringify([base, ...others]), 4, new Interner());

    expect(new Set(routes).size).toBe(others.length + 1);
  });
});

describe('parseNeighbours', () => {
  const text = JSON.stringify([
    { dst: '10.244.1.0', dev: 'flannel.1', lladdr: 'AA:bb:cc:dd:ee:ff', state: ['PERMANENT'] },
    { dst: 'fd00::2', dev: 'flannel.1', state: ['FAILED'] },
    { dst: '10.0.0.1', dev: 'eth0', lladdr: 'aa:bb:cc:dd:ee:00', state: ['REACHABLE'] },
  ]);

  it('keeps the entries of vxlan links only', () => {
    expect(parseNeighbours(text, FLANNEL, new Interner())).toStrictEqual([
      {
        family: 4,
        address: '10.244.1.0',
        link: 'flannel.1',
        mac: 'aa:bb:cc:dd:ee:ff',
        nud: 'permanent',
      },
      { family: 6, address: 'fd00::2', link: 'flannel.1', nud: 'failed' },
    ]);
  });

  it('goes by the name when the links are not known', () => {
    expect(parseNeighbours(text, undefined, new Interner())).toHaveLength(2);
  });
});

describe('parseFdb', () => {
  it('keeps destinations and drops the multicast entries of network cards', () => {
    const text = JSON.stringify([
      { mac: '33:33:00:00:00:01', ifname: 'eth0', flags: ['self'], state: 'permanent' },
      { mac: '86:ce:d1:f4:6e:fd', ifname: 'flannel.1', dst: '10.0.0.2', state: 'permanent' },
      { mac: '86:ce:d1:f4:6e:00', ifname: 'flannel.1', flags: ['self'] },
    ]);

    expect(parseFdb(text, FLANNEL, new Interner())).toStrictEqual([
      { mac: '86:ce:d1:f4:6e:fd', link: 'flannel.1', dst: '10.0.0.2', state: 'permanent' },
      { mac: '86:ce:d1:f4:6e:00', link: 'flannel.1', state: '' },
    ]);
  });
});

describe('parseSubnetEnv', () => {
  it('reads what flanneld writes', () => {
    const text =
      'FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.1.1/24\nFLANNEL_IPV6_NETWORK=fd00::/48\n' +
      'FLANNEL_IPV6_SUBNET=fd00:0:0:1::1/64\nFLANNEL_MTU=1450\nFLANNEL_IPMASQ=true\n';

    expect(parseSubnetEnv(text)).toStrictEqual({
      network: '10.244.0.0/16',
      subnet: '10.244.1.1/24',
      ipv6Network: 'fd00::/48',
      ipv6Subnet: 'fd00:0:0:1::1/64',
      mtu: 1450,
      ipMasq: true,
    });
  });

  it('leaves out an MTU that is no number', () => {
    expect(parseSubnetEnv('FLANNEL_MTU=abc\n')).toStrictEqual({});
  });

  it.each(['FLANNEL_MTU=$(reboot)', 'export FLANNEL_MTU=1', 'garbage', 'FLANNEL_MTU=\u001b[0m'])(
    'refuses the line %j',
    (line) => {
      expect(() => parseSubnetEnv(`${line}\n`)).toThrow(LinuxParseError);
    },
  );
});

describe('parseSysctls', () => {
  it('names settings as sysctl does and skips what is none', () => {
    const text =
      '/proc/sys/net/ipv4/ip_forward:1\n/proc/sys/net/ipv4/conf/flannel.1/rp_filter:2\n' +
      'grep: no such file\n/proc/sys/net/x:abc\n';

    expect(parseSysctls(text)).toStrictEqual({
      'net.ipv4.ip_forward': 1,
      'net.ipv4.conf.flannel/1.rp_filter': 2,
    });
  });
});

describe('parseNetConf', () => {
  it('reads the mode of wireguard, and of no other backend', () => {
    const text = (type: string): string =>
      JSON.stringify({ Network: '10.244.0.0/16', Backend: { Type: type, Mode: 'auto' } });

    expect(parseNetConf(text('wireguard')).mode).toBe('auto');
    expect(parseNetConf(text('vxlan'))).not.toHaveProperty('mode');
  });

  it('has flannel’s defaults', () => {
    expect(parseNetConf('{"Network":"10.244.0.0/16","Backend":{"Type":"vxlan"}}')).toStrictEqual({
      network: '10.244.0.0/16',
      ipv4: true,
      ipv6: false,
      nftables: false,
      backendType: 'vxlan',
      vni: 1,
      directRouting: false,
      learning: false,
      gbp: false,
    });
  });

  it('matches keys without regard to case, as Go does', () => {
    const text = '{"network":"10.0.0.0/8","BACKEND":{"type":"VXLAN","vni":4096,"port":4789}}';

    expect(parseNetConf(text)).toMatchObject({
      network: '10.0.0.0/8',
      backendType: 'vxlan',
      vni: 4096,
      port: 4789,
    });
  });

  it('is udp without a Backend', () => {
    expect(parseNetConf('{"Network":"10.0.0.0/8"}').backendType).toBe('udp');
  });

  it('takes a port of 0 as not given', () => {
    expect(parseNetConf('{"Backend":{"Type":"vxlan","Port":0}}')).not.toHaveProperty('port');
  });

  it.each(['{"Network":5}', '{"Backend":[]}', '{"EnableIPv6":"yes"}', '[]', '{'])(
    'refuses %s',
    (text) => {
      expect(() => parseNetConf(text)).toThrow(LinuxParseError);
    },
  );
});
