// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { NetConf } from '#model/cluster.ts';
import type { NatRules, PacketRule } from '#model/kernel.ts';
import { type SnapshotBuilder, healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

const TABLE = [
  'table ip flannel-ipv4 {',
  'chain postrtg {',
  'type nat hook postrouting priority srcnat; policy accept;',
  'ip saddr 10.244.0.0/15 ip daddr != 224.0.0.0/4 masquerade fully-random',
  'ip saddr != 10.244.0.0/15 ip daddr 10.244.0.0/15 masquerade fully-random',
  '}',
  '}',
];

function nftables(flannelTable: readonly string[] | null | undefined): SnapshotBuilder {
  const builder = healthyCluster({ nodes: 1 }).changeNetConf(nftablesOn);
  return builder.changeKernel('node1', 'natRules', () =>
    flannelTable === undefined ? { rules: [] } : { rules: [], flannelTable },
  );
}

function nftablesOn(netConf: NetConf): NetConf {
  return { ...netConf, nftables: true };
}

/** Rules of which none is flannel's. */
function foreign(rule: Partial<PacketRule>): SnapshotBuilder {
  const rules = [{ chain: 'POSTROUTING', conditions: '', target: 'MASQUERADE', ...rule }];
  return healthyCluster().changeKernel('node2', 'natRules', (nat) => ({ ...nat, rules }));
}

function without(chain: string): (rules: NatRules) => NatRules {
  return (nat) => ({
    ...nat,
    rules: nat.rules.filter((rule) => rule.chain !== chain && rule.target !== chain),
  });
}

testCheck(anyCheck(check), {
  passes: {
    'three healthy nodes': healthyCluster(),
    'one node alone': healthyCluster({ nodes: 1 }),
    'both address families': healthyCluster({ dualStack: true }),
    'an annotation prefix of its own': healthyCluster({ annotationPrefix: 'example.com/net' }),
    'rules of flannel before v0.20': healthyCluster().changeKernel('node2', 'natRules', (nat) => ({
      ...nat,
      rules: [
        {
          chain: 'POSTROUTING',
          source: '10.244.0.0/15',
          destination: '! 224.0.0.0/4',
          conditions: '',
          target: 'MASQUERADE',
        },
      ],
    })),
    'nftables mode': nftables(TABLE),
    'somebody masquerades all that leaves': foreign({ conditions: '-o eth0' }),
    'somebody masquerades all that leaves by links of a kind': foreign({ conditions: '-o eth+' }),
    'somebody masquerades all that does not stay': foreign({ conditions: '! -o cni0' }),
    'somebody masquerades what pods send out of the cluster': foreign({
      source: '10.244.0.0/15',
      conditions: '-m addrtype ! --dst-type LOCAL',
    }),
  },
  fails: {
    'the chain of flannel is gone': {
      snapshot: healthyCluster().changeKernel('node2', 'natRules', without('FLANNEL-POSTRTG')),
      findings: [
        {
          node: 'node2',
          severity: 'warning',
          breaks: 'none',
          expected: '-A FLANNEL-POSTRTG -s 10.244.0.0/15 ! -d 224.0.0.0/4 -j MASQUERADE',
          observed: 'nothing',
          message:
            'node2 does not masquerade what its pods send out of the cluster, so they get no answer from outside. Traffic between pods is not touched. Flannel looks every few seconds and puts the rule back: if this stays, something keeps it from doing so.',
        },
      ],
    },
    'nobody jumps to the chain of flannel': {
      snapshot: healthyCluster().changeKernel('node2', 'natRules', without('POSTROUTING')),
      findings: [{ node: 'node2', observed: 'nothing' }],
    },
    'a VPN masquerades what leaves by its own link': {
      snapshot: foreign({ conditions: '-o wg0' }),
      findings: [{ node: 'node2', observed: 'nothing' }],
    },
    'a VPN masquerades what pods send by its own link': {
      snapshot: foreign({ source: '10.244.0.0/15', conditions: '-o wg+' }),
      findings: [{ node: 'node2', observed: 'nothing' }],
    },
    'all but what leaves by the default route is masqueraded': {
      snapshot: foreign({ conditions: '! -o eth0' }),
      findings: [{ node: 'node2', observed: 'nothing' }],
    },
    'kube-proxy masquerades what it has marked': {
      snapshot: foreign({ conditions: '-m mark --mark 0x4000/0x4000' }),
      findings: [{ node: 'node2', observed: 'nothing' }],
    },
    'the table of flannel is gone': {
      snapshot: nftables(null),
      findings: [
        {
          node: 'node1',
          object: 'table ip flannel-ipv4',
          message:
            'node1 does not masquerade what its pods send out of the cluster, so they get no answer from outside. Traffic between pods is not touched. In nftables mode flannel writes the rule only when it starts.',
        },
      ],
    },
    'the table of flannel is empty': {
      snapshot: nftables(TABLE.filter((line) => !line.startsWith('ip saddr 10.'))),
      findings: [{ node: 'node1' }],
    },
  },
  skips: {
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
    'flannel does not masquerade': {
      snapshot: healthyCluster().changeKernel('node2', 'subnetEnv', (env) => ({
        ...env,
        ipMasq: false,
      })),
      node: 'node2',
      reason: 'flanneld runs without --ip-masq.',
    },
    'there is no subnet.env': {
      snapshot: healthyCluster().changeKernel('node2', 'subnetEnv', () => null),
      node: 'node2',
      reason: 'Without subnet.env nobody knows whether flannel is to masquerade.',
    },
    'the container has no nft': {
      snapshot: nftables(undefined),
      node: 'node1',
      reason: 'The nftables table of flannel could not be read.',
    },
  },
});
