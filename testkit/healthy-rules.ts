// SPDX-License-Identifier: Apache-2.0

import type { FilterRules, IptablesWorlds, NatRules, PacketRule } from '#model/kernel.ts';

function rule(chain: string, target: string, rest: Partial<PacketRule> = {}): PacketRule {
  return { chain, target, conditions: '', ...rest };
}

const NEW = '-m conntrack --ctstate NEW';

/** FORWARD as kube-proxy and flannel leave it (iptables-save v1.8.9 of a real node). */
export function healthyFilterRules(network: string): FilterRules {
  return {
    policy: 'ACCEPT',
    rules: [
      rule('FORWARD', 'KUBE-PROXY-FIREWALL', { conditions: NEW }),
      rule('FORWARD', 'KUBE-FORWARD'),
      rule('FORWARD', 'KUBE-SERVICES', { conditions: NEW }),
      rule('FORWARD', 'KUBE-EXTERNAL-SERVICES', { conditions: NEW }),
      rule('FORWARD', 'FLANNEL-FWD'),
      rule('FLANNEL-FWD', 'ACCEPT', { source: network }),
      rule('FLANNEL-FWD', 'ACCEPT', { destination: network }),
    ],
  };
}

/** All rules of the node in iptables-nft, and none in iptables-legacy. */
export function healthyIptablesWorlds(): IptablesWorlds {
  return {
    legacy: { policy: 'ACCEPT', ruleCount: 0, targets: [] },
    nft: {
      policy: 'ACCEPT',
      ruleCount: 7,
      targets: [
        'FLANNEL-FWD',
        'FLANNEL-POSTRTG',
        'KUBE-EXTERNAL-SERVICES',
        'KUBE-FORWARD',
        'KUBE-POSTROUTING',
        'KUBE-PROXY-FIREWALL',
        'KUBE-SERVICES',
      ],
    },
  };
}

/** POSTROUTING as kube-proxy and flannel leave it. */
export function healthyNatRules(network: string, podCidr: string): NatRules {
  const own = 'FLANNEL-POSTRTG';
  return {
    rules: [
      rule('POSTROUTING', 'KUBE-POSTROUTING'),
      rule('POSTROUTING', own),
      rule(own, 'RETURN', { conditions: '-m mark --mark 0x4000/0x4000' }),
      rule(own, 'RETURN', { source: podCidr, destination: network }),
      rule(own, 'RETURN', { source: network, destination: podCidr }),
      rule(own, 'RETURN', { source: `! ${network}`, destination: podCidr }),
      rule(own, 'MASQUERADE', { source: network, destination: '! 224.0.0.0/4' }),
      rule(own, 'MASQUERADE', { source: `! ${network}`, destination: network }),
    ],
    flannelTable: null,
  };
}
