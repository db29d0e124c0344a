// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  parseFilterRules,
  parseFlannelTable,
  parseForwardTables,
  parseNatRules,
} from '#sources/linux/parse-packet-rules.ts';

/** iptables-save v1.8.9 of a healthy node with kube-proxy, reduced as the script reduces it. */
const FILTER = `:FORWARD ACCEPT [0:0]
-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
-A FORWARD -m comment --comment "flanneld forward" -j FLANNEL-FWD
-A FLANNEL-FWD -s 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT
COMMIT
`;

const NAT = `:POSTROUTING ACCEPT [0:0]
-A POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG
-A FLANNEL-POSTRTG ! -s 10.244.0.0/16 -d 10.244.2.0/24 -m comment --comment "flanneld masq" -j RETURN
-A FLANNEL-POSTRTG -s 10.244.0.0/16 ! -d 224.0.0.0/4 -m comment --comment "flanneld masq" -j MASQUERADE --random-fully
COMMIT
`;

describe('parseFilterRules', () => {
  it('reads what a healthy node prints', () => {
    expect(parseFilterRules(FILTER)).toEqual({
      policy: 'ACCEPT',
      rules: [
        {
          chain: 'FORWARD',
          conditions: '-m conntrack --ctstate NEW',
          target: 'KUBE-PROXY-FIREWALL',
        },
        { chain: 'FORWARD', conditions: '', target: 'FLANNEL-FWD' },
        { chain: 'FLANNEL-FWD', source: '10.244.0.0/16', conditions: '', target: 'ACCEPT' },
      ],
    });
  });

  it('reads the policy', () => {
    expect(parseFilterRules(':FORWARD DROP [12:34]\nCOMMIT\n').policy).toBe('DROP');
  });

  it('takes a table that does not exist as one that accepts', () => {
    expect(parseFilterRules('')).toEqual({ policy: 'ACCEPT', rules: [] });
  });

  it('never takes a comment for a rule', () => {
    const text = '-A FORWARD -i eth1 -m comment --comment "a \\" -j DROP -s 0.0.0.0/0" -j ACCEPT';

    expect(parseFilterRules(text).rules).toEqual([
      { chain: 'FORWARD', conditions: '-i eth1', target: 'ACCEPT' },
    ]);
  });

  it('keeps no control character of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { rules } = parseFilterRules(`-A FORWARD ${text}`);

        const kept = rules.flatMap((rule) => Object.values<string>({ ...rule })).join('');
        expect(Array.from(kept).filter((character) => character < ' ')).toEqual([]);
      }),
    );
  });

  it('refuses more rules than a node has', () => {
    const text = '-A FORWARD -j ACCEPT\n'.repeat(5001);

    expect(() => parseFilterRules(text)).toThrow('too many rules');
  });
});

describe('parseNatRules', () => {
  it('reads what a healthy node prints', () => {
    expect(parseNatRules(NAT)).toEqual([
      { chain: 'POSTROUTING', conditions: '', target: 'FLANNEL-POSTRTG' },
      {
        chain: 'FLANNEL-POSTRTG',
        source: '! 10.244.0.0/16',
        destination: '10.244.2.0/24',
        conditions: '',
        target: 'RETURN',
      },
      {
        chain: 'FLANNEL-POSTRTG',
        source: '10.244.0.0/16',
        destination: '! 224.0.0.0/4',
        conditions: '',
        target: 'MASQUERADE',
      },
    ]);
  });

  it('cuts conditions that no rule has', () => {
    const [rule] = parseNatRules(`-A POSTROUTING ${'-m x '.repeat(100_000)}-j RETURN\n`);

    expect(rule?.target).toBe('RETURN');
    expect(rule?.conditions.length).toBeLessThanOrEqual(4000);
  });
});

describe('parseFlannelTable', () => {
  it('gives the lines', () => {
    expect(parseFlannelTable('table ip x {\n\tchain y {\n\t}\n}\n')).toEqual([
      'table ip x {',
      'chain y {',
      '}',
      '}',
    ]);
  });
});

/** `nft list chains` of nft v1.0.6. */
const CHAINS = `table inet firewalld {
	chain filter_FORWARD {
		type filter hook forward priority filter + 10; policy accept;
	}
	chain filter_FORWARD_ZONES {
	}
}
table inet own {
	chain input {
		type filter hook input priority filter; policy drop;
	}
}
table ip6 other {
	chain f {
		type filter hook forward priority filter + 10; policy drop;
	}
}
table ip filter {
	chain FORWARD {
		type filter hook forward priority filter; policy accept;
	}
}
table ip kube-proxy {
	chain filter-forward {
		type filter hook forward priority filter; policy accept;
	}
}
`;

describe('parseForwardTables', () => {
  it('names the tables of others that see forwarded IPv4 packets', () => {
    expect(parseForwardTables(CHAINS)).toEqual(['inet firewalld']);
  });

  it('takes no name that is no table', () => {
    const hook = '\t\ttype filter hook forward priority filter; policy accept;\n';

    expect(parseForwardTables(`table inet \u001b[31mred {\n${hook}`)).toEqual([]);
    expect(parseForwardTables(hook)).toEqual([]);
    expect(parseForwardTables('')).toEqual([]);
  });

  it('refuses more tables than there can be', () => {
    const tables = Array.from(
      { length: 501 },
      (_, index) => `table inet t${String(index)} {\n\ttype filter hook forward priority 0;\n`,
    );

    expect(() => parseForwardTables(tables.join(''))).toThrow('too many tables');
  });
});
