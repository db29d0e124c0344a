// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { FilterRules, PacketRule } from '#model/kernel.ts';
import { healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

function rule(fields: Partial<PacketRule>): PacketRule {
  return { chain: 'FORWARD', conditions: '', ...fields };
}

function first(...rules: readonly PacketRule[]): (filter: FilterRules) => FilterRules {
  return (filter) => ({ ...filter, rules: [...rules, ...filter.rules] });
}

/** Docker's policy, and flannel's rules gone. */
function policyDrop(...rules: readonly PacketRule[]): (filter: FilterRules) => FilterRules {
  return (filter) => ({
    policy: 'DROP',
    rules: [...rules, ...filter.rules.filter(({ chain }) => chain === 'FORWARD')],
  });
}

const DROP = rule({ target: 'DROP' });

testCheck(anyCheck(check), {
  passes: {
    'three healthy nodes': healthyCluster(),
    'one node alone': healthyCluster({ nodes: 1 }),
    'both address families': healthyCluster({ dualStack: true }),
    'a custom VNI, port and MTU': healthyCluster({ vni: 4096, port: 4789, underlayMtu: 9000 }),
    'policy DROP, which flannel accepts before': healthyCluster().changeKernel(
      'node2',
      'filterRules',
      (filter) => ({ ...filter, policy: 'DROP' }),
    ),
    'DROP after what flannel accepts': healthyCluster().changeKernel(
      'node2',
      'filterRules',
      (filter) => ({ ...filter, rules: [...filter.rules, DROP] }),
    ),
    'drops of what pods do not send each other': healthyCluster().changeKernel(
      'node2',
      'filterRules',
      first(
        rule({ target: 'DROP', conditions: '-m conntrack --ctstate INVALID' }),
        rule({ target: 'DROP', source: '172.17.0.0/16' }),
        rule({ target: 'DROP', source: '! 10.244.0.0/15' }),
        rule({ target: 'REJECT', conditions: '-p tcp -m tcp --dport 25' }),
        rule({ target: 'DROP', source: '10.244.9.0/24' }),
      ),
    ),
    'rules of flannel before v0.20': healthyCluster().changeKernel('node2', 'filterRules', () => ({
      policy: 'DROP',
      rules: [rule({ target: 'ACCEPT', source: '10.244.0.0/15' })],
    })),
    'what FORWARD hands back to its policy before it drops': healthyCluster().changeKernel(
      'node2',
      'filterRules',
      () => ({ policy: 'ACCEPT', rules: [rule({ target: 'RETURN' }), DROP] }),
    ),
    'no table at all': healthyCluster().changeKernel('node2', 'filterRules', () => ({
      policy: 'ACCEPT',
      rules: [],
    })),
  },
  fails: {
    'DROP of all but another network': {
      snapshot: healthyCluster().changeKernel(
        'node2',
        'filterRules',
        first(rule({ target: 'DROP', source: '! 172.17.0.0/16' })),
      ),
      findings: [{ node: 'node2', observed: '-A FORWARD ! -s 172.17.0.0/16 -j DROP' }],
    },
    'policy DROP, which some packets are handed back to': {
      snapshot: healthyCluster().changeKernel(
        'node2',
        'filterRules',
        policyDrop(rule({ target: 'RETURN', conditions: '-i cni0' })),
      ),
      findings: [{ node: 'node2', observed: '-P FORWARD DROP' }],
    },
    'DROP at the top': {
      snapshot: healthyCluster().changeKernel('node2', 'filterRules', first(DROP)),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          breaks: 'node',
          expected: '-A FLANNEL-FWD -s 10.244.0.0/15 -j ACCEPT',
          observed: '-A FORWARD -j DROP',
          message:
            'A rule in the chain FORWARD of node2 drops every new connection between pods, ahead of any rule that accepts it. Pods on node2 reach no pod on another node, and none there reaches them.',
        },
      ],
    },
    'REJECT of all that comes from pods, after answers are accepted': {
      snapshot: healthyCluster().changeKernel(
        'node2',
        'filterRules',
        first(
          rule({ target: 'ACCEPT', conditions: '-m conntrack --ctstate RELATED,ESTABLISHED' }),
          rule({ target: 'REJECT', source: '10.0.0.0/8' }),
        ),
      ),
      findings: [{ node: 'node2', observed: '-A FORWARD -s 10.0.0.0/8 -j REJECT' }],
    },
    'policy DROP, and nothing accepts': {
      snapshot: healthyCluster().changeKernel('node2', 'filterRules', policyDrop()),
      findings: [
        {
          node: 'node2',
          observed: '-P FORWARD DROP',
          message:
            'The chain FORWARD of node2 drops what no rule accepts, and no rule accepts packets of 10.244.0.0/15. Pods on node2 reach no pod on another node, and none there reaches them.',
        },
      ],
    },
  },
  skips: {
    'tables of nftables may drop what FORWARD accepts': {
      snapshot: healthyCluster().changeKernel('node2', 'filterRules', (filter) => ({
        ...filter,
        otherTables: ['inet firewalld', 'inet filter'],
      })),
      node: 'node2',
      reason:
        'FORWARD accepts packets of pods, and nftables asks `inet firewalld`, `inet filter` as well, where rules are not read.',
    },
    'k3s, no server of which tells the network': {
      snapshot: healthyCluster().changeNetConf(({ network: _, ...netConf }) => ({
        ...netConf,
        announced: true,
      })),
      node: 'node1',
      reason: 'Flannel runs inside k3s, and no server of it tells the pod network.',
    },
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
    'IPv4 is off': {
      snapshot: healthyCluster({ dualStack: true }).changeNetConf((netConf) => ({
        ...netConf,
        ipv4: false,
      })),
      node: 'node2',
      reason: 'Only IPv4 rules are read, and net-conf has no IPv4.',
    },
    'some packets may be handed back to the policy first': {
      snapshot: healthyCluster().changeKernel('node2', 'filterRules', () => ({
        policy: 'ACCEPT',
        rules: [rule({ target: 'RETURN', conditions: '-i cni0' }), DROP],
      })),
      node: 'node2',
      reason:
        'FORWARD drops at its end, and `-A FORWARD -i cni0 -j RETURN` may accept packets of pods first.',
    },
    'another chain may accept first': {
      snapshot: healthyCluster().changeKernel(
        'node2',
        'filterRules',
        policyDrop(rule({ target: 'cali-FORWARD' })),
      ),
      node: 'node2',
      reason:
        'FORWARD drops at its end, and `-A FORWARD -j cali-FORWARD` may accept packets of pods first.',
    },
    'a rule for a link may accept first': {
      snapshot: healthyCluster().changeKernel(
        'node2',
        'filterRules',
        first(rule({ target: 'ACCEPT', conditions: '-i cni0' }), DROP),
      ),
      node: 'node2',
      reason:
        'FORWARD drops at its end, and `-A FORWARD -i cni0 -j ACCEPT` may accept packets of pods first.',
    },
  },
});
