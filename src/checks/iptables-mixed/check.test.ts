// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { IptablesWorld, IptablesWorlds } from '#model/kernel.ts';
import { healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

const EMPTY: IptablesWorld = { policy: 'ACCEPT', ruleCount: 0, targets: [] };

function legacy(fields: Partial<IptablesWorld>): (worlds: IptablesWorlds) => IptablesWorlds {
  return (worlds) => ({ ...worlds, legacy: { ...worlds.legacy, ...fields } });
}

testCheck(anyCheck(check), {
  passes: {
    'three healthy nodes': healthyCluster(),
    'one node alone': healthyCluster({ nodes: 1 }),
    'both address families': healthyCluster({ dualStack: true }),
    'all rules in iptables-legacy': healthyCluster().changeKernel(
      'node2',
      'iptablesWorlds',
      ({ nft = EMPTY }) => ({ legacy: nft, nft: EMPTY }),
    ),
    'no nft to run, and nothing in iptables-legacy': healthyCluster().changeKernel(
      'node2',
      'iptablesWorlds',
      () => ({ legacy: EMPTY }),
    ),
    'no rules at all': healthyCluster().changeKernel('node2', 'iptablesWorlds', () => ({
      legacy: EMPTY,
      nft: EMPTY,
    })),
  },
  fails: {
    'a rule of somebody else in iptables-legacy': {
      snapshot: healthyCluster().changeKernel(
        'node2',
        'iptablesWorlds',
        legacy({ ruleCount: 1, targets: ['DROP'] }),
      ),
      findings: [
        {
          node: 'node2',
          severity: 'warning',
          breaks: 'none',
          expected: 'rules in one of iptables-legacy and iptables-nft',
          observed: '1 rule in iptables-legacy, 7 rules in iptables-nft',
          message:
            'node2 has packet rules in iptables-legacy (1 rule, none of flannel or kube-proxy) and in iptables-nft (7 rules, with those of flannel and kube-proxy). Packets of pods pass both, so what one accepts the other may still drop or masquerade, and a program that looks into one does not see the other.',
        },
      ],
    },
    'no rule, but a policy that drops': {
      snapshot: healthyCluster().changeKernel(
        'node2',
        'iptablesWorlds',
        legacy({ policy: 'DROP' }),
      ),
      findings: [
        {
          node: 'node2',
          message:
            'node2 has packet rules in iptables-legacy (0 rules, none of flannel or kube-proxy, policy DROP of FORWARD) and in iptables-nft (7 rules, with those of flannel and kube-proxy). Packets of pods pass both, so what one accepts the other may still drop or masquerade, and a program that looks into one does not see the other.',
        },
      ],
    },
    'flannel in one and kube-proxy in the other': {
      snapshot: healthyCluster().changeKernel('node2', 'iptablesWorlds', () => ({
        legacy: { policy: 'ACCEPT', ruleCount: 4, targets: ['KUBE-FORWARD', 'KUBE-POSTROUTING'] },
        nft: { policy: 'ACCEPT', ruleCount: 2, targets: ['FLANNEL-FWD', 'FLANNEL-POSTRTG'] },
      })),
      findings: [
        {
          node: 'node2',
          message:
            'node2 has packet rules in iptables-legacy (4 rules, with those of kube-proxy) and in iptables-nft (2 rules, with those of flannel). Packets of pods pass both, so what one accepts the other may still drop or masquerade, and a program that looks into one does not see the other.',
        },
      ],
    },
  },
  skips: {
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
  },
});
