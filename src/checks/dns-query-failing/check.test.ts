// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { DnsProbe, NodeProbes } from '#model/probe.ts';
import { changeProbe, overlayLost } from '../../../testkit/healthy-probes.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

type Outcome = DnsProbe['outcome'];

/** node3 asks one server and gets that outcome. node1 and node2 each run a pod of the DNS. */
function asked(server: string, outcome: Exclude<Outcome, undefined>): SnapshotBuilder {
  return healthyCluster().changeKernel('node3', 'probes', (probes) => ({
    ...probes,
    dns: probes.dns.map((probe) => (probe.server === server ? { server, outcome } : probe)),
  }));
}

function allFailed(probes: NodeProbes): NodeProbes {
  return { ...probes, dns: probes.dns.map(({ server }) => ({ server, outcome: 'failed' })) };
}

const POD = '10.244.2.10';
const SERVICE = '10.96.0.10';

/** Clusters in which node3 gets no answer of a server, and something other than the server may be why. */
const SILENT_FOR_ANOTHER_REASON: Readonly<Record<string, SnapshotBuilder>> = {
  'an entry to its node is missing here': asked(POD, 'silent').changeKernel(
    'node3',
    'routes',
    (routes) => routes.filter(({ dst }) => dst !== '10.244.2.0/24'),
  ),
  'an entry is missing there': asked(POD, 'silent').changeKernel('node2', 'fdb', (fdb) =>
    fdb.filter(({ dst }) => dst !== '192.0.2.3'),
  ),
  'the overlay to its node is cut': asked(POD, 'silent').changeKernel(
    'node3',
    'probes',
    changeProbe('node2', overlayLost),
  ),
  'its node was not probed': asked(POD, 'silent').changeKernel('node3', 'probes', (probes) => ({
    ...probes,
    peers: probes.peers.filter(({ peer }) => peer !== 'node2'),
  })),
  'its node forwards nothing': asked(POD, 'silent').changeKernel('node2', 'sysctls', (sysctls) => ({
    ...sysctls,
    'net.ipv4.ip_forward': 0,
  })),
  'its node drops in FORWARD': asked(POD, 'silent').changeKernel(
    'node2',
    'filterRules',
    ({ rules }) => ({
      policy: 'ACCEPT',
      rules: [{ chain: 'FORWARD', conditions: '', target: 'DROP' }, ...rules],
    }),
  ),
  'its node could not be read': asked(POD, 'silent').withoutKernel('node2', 'filterRules'),
  'its node is not Ready': asked(POD, 'silent').changeNode('node2', (node) => ({
    ...node,
    conditions: [{ type: 'Ready', status: 'Unknown' }],
  })),
  'a network policy shuts out all nodes but its own': asked(POD, 'silent').changeKernel(
    'node1',
    'probes',
    (probes) => ({
      ...probes,
      dns: probes.dns.map(({ server }) => ({
        server,
        outcome: server === POD ? 'silent' : 'answered',
      })),
    }),
  ),
  'the Service is silent because one of its pods may be': asked(SERVICE, 'silent').changeCluster(
    'coreDns',
    (coreDns) => ({
      ...coreDns,
      readyEndpoints: [...coreDns.readyEndpoints, '10.244.3.10', '10.244.3.11'],
    }),
  ),
  'the pod is in the network of its node': healthyCluster()
    .changeCluster('coreDns', (coreDns) => ({
      ...coreDns,
      readyEndpoints: coreDns.readyEndpoints.map((address) =>
        address === POD ? '192.0.2.2' : address,
      ),
      pods: coreDns.pods.map((pod) =>
        pod.podIPs.includes(POD) ? { ...pod, podIPs: ['192.0.2.2'] } : pod,
      ),
    }))
    .changeKernel('node3', 'probes', (probes) => ({
      ...probes,
      dns: probes.dns.map((probe) =>
        probe.server === POD ? { server: '192.0.2.2', outcome: 'silent' } : probe,
      ),
    })),
};

testCheck(anyCheck(check), {
  passes: {
    'three healthy nodes': healthyCluster(),
    'host-gw': healthyCluster({ backend: 'host-gw' }),
    'the server was not asked': healthyCluster().changeKernel('node3', 'probes', (probes) => ({
      ...probes,
      dns: probes.dns.map(({ server, ...probe }) =>
        server === POD ? { server } : { server, ...probe },
      ),
    })),
  },
  fails: {
    'a pod does not answer': {
      snapshot: asked(POD, 'silent'),
      findings: [
        {
          node: 'node3',
          severity: 'warning',
          breaks: 'none',
          object: 'DNS server 10.244.2.10',
          expected: 'an answer from 10.244.2.10',
          observed: 'no answer to 3 queries',
          message:
            'The DNS pod at 10.244.2.10 does not answer node3, although packets reach its node and it is ready. Every lookup that the Service hands to this pod ends in a timeout.',
        },
      ],
    },
    'a pod on the node itself does not answer': {
      snapshot: healthyCluster().changeKernel('node2', 'probes', (probes) => ({
        ...probes,
        dns: probes.dns.map(({ server }) => ({
          server,
          outcome: server === POD ? 'silent' : 'answered',
        })),
      })),
      findings: [{ node: 'node2', severity: 'warning' }],
    },
    'a pod answers with an error': {
      snapshot: asked(POD, 'failed'),
      findings: [
        {
          node: 'node3',
          severity: 'warning',
          message:
            'The DNS pod at 10.244.2.10 answers node3 with an error. Look at its log: it may not reach the API server or the resolver that it forwards to.',
        },
      ],
    },
    'the Service does not answer, and its pods do': {
      snapshot: asked(SERVICE, 'silent'),
      findings: [
        {
          node: 'node3',
          severity: 'critical',
          object: 'DNS server 10.96.0.10',
          message:
            'The DNS Service at 10.96.0.10 does not answer node3, although each of its pods does when it is asked directly. Pods on node3 resolve no name: look at kube-proxy on node3.',
        },
      ],
    },
    'the Service alone answers with an error': {
      snapshot: asked(SERVICE, 'failed'),
      findings: [{ node: 'node3', severity: 'warning' }],
    },
  },
  skips: {
    ...Object.fromEntries(
      Object.entries(SILENT_FOR_ANOTHER_REASON).map(([name, snapshot]) => {
        const server = name.startsWith('the Service')
          ? SERVICE
          : name.startsWith('the pod')
            ? '192.0.2.2'
            : POD;
        const reason = `No good answer came from ${server}, and nothing tells whether the server is to blame: the way there, a network policy or another pod behind the Service may be.`;
        return [name, { snapshot, node: 'node3', reason }];
      }),
    ),
    'no query is answered anywhere': {
      snapshot: ['node1', 'node2', 'node3'].reduce(
        (cluster, node) => cluster.changeKernel(node, 'probes', allFailed),
        healthyCluster(),
      ),
      node: 'node2',
      reason:
        'No query was answered on any node: the domain of the cluster may be another than cluster.local.',
    },
    'probes were switched off': {
      snapshot: healthyCluster().changeKernel('node2', 'probes', () => ({
        mode: 'none',
        peers: [],
        dns: [],
      })),
      node: 'node2',
      reason: 'Probes were switched off.',
    },
    'nothing is ready to be asked': {
      snapshot: healthyCluster().changeCluster('coreDns', (coreDns) => ({
        ...coreDns,
        readyEndpoints: [],
      })),
      node: 'node2',
      reason: 'The DNS Service has no ready endpoint to ask.',
    },
    'there is nothing to ask with': {
      snapshot: healthyCluster().changeKernel('node2', 'probes', (probes) => ({
        ...probes,
        dns: probes.dns.map(({ server }) => ({ server })),
      })),
      node: 'node2',
      reason: 'No query was sent, or the flannel container has no `nslookup`.',
    },
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
  },
});
