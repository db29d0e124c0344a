// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { dnsServers, type DnsPod } from '#expected/dns-servers.ts';
import { forwardFate } from '#expected/forward-fate.ts';
import { findNode, isReady } from '#expected/node-objects.ts';
import {
  isEndRead,
  isOverlayDoubted,
  overlayPeers,
  probedFamily,
} from '#expected/overlay-doubt.ts';
import type { PlanInputs } from '#expected/peer-plan.ts';
import { overlayState, probesNotJudged, probesSilent } from '#expected/probe-verdicts.ts';
import { namesText } from '#expected/short-text.ts';
import { type Finding, PASS, skip, type Verdict, verdictOf } from '#model/finding.ts';
import { parseCidr } from '#model/net/cidr.ts';
import type { NodeProbes } from '#model/probe.ts';
import type { NodeFacts } from '#model/snapshot.ts';

const PEER_FACTS = [
  'links',
  'addresses',
  'routes',
  'neighbours',
  'fdb',
  'sysctls',
  'filterRules',
  'probes',
] as const;

type Ends = (node: string) => { readonly [K in (typeof PEER_FACTS)[number]]?: NodeFacts[K] };

/** Whether a pod's node hands on what comes for the pod; what was not read is not known to. */
function forwards({ netConf }: PlanInputs, end: ReturnType<Ends>): boolean {
  const isV6 = probedFamily(netConf) === 6;
  const sysctl = isV6 ? 'net.ipv6.conf.all.forwarding' : 'net.ipv4.ip_forward';
  if (end.sysctls?.[sysctl] !== 1) return false;
  if (isV6) return true;
  const network = netConf.network === undefined ? undefined : parseCidr(netConf.network);
  if (end.filterRules === undefined || network === undefined) return false;
  return forwardFate(end.filterRules, network).fate === 'accepted';
}

interface Asked {
  readonly inputs: PlanInputs;
  readonly node: string;
  readonly probes: NodeProbes;
  readonly ends: Ends;
}

/** Whether all that a query to a pod meets on its way is known to work, so that silence is the pod's own. */
function isWayWhole(
  { inputs, node, probes, ends }: Asked,
  { node: host, address }: DnsPod,
): boolean {
  if (host === undefined || !overlayPeers(inputs).has(host)) return false;
  if (host === node) return isReady(findNode(inputs.nodes, node).object);
  const own = { node, ...ends(node) };
  const other = { node: host, ...ends(host) };
  if (!isEndRead(inputs.netConf, own) || !isEndRead(inputs.netConf, other)) return false;
  if (isOverlayDoubted(inputs, own, other, address) || !forwards(inputs, ends(host))) return false;
  const probe = probes.peers.find(({ peer }) => peer === host);
  return probe !== undefined && overlayState(probe) === 'whole';
}

type Outcome = NodeProbes['dns'][number]['outcome'];

function outcomeAt(probes: NodeProbes | undefined, address: string): Outcome {
  return probes?.dns.find(({ server }) => server === address)?.outcome;
}

/**
 * Whether no network policy explains that a pod is silent: one that shuts nodes out shuts them all out, but for the
 * pod's own node, which no policy can.
 */
function isNoPolicy({ inputs, node, ends }: Asked, { node: host, address }: DnsPod): boolean {
  if (host === undefined) return false;
  if (outcomeAt(ends(host).probes, address) === 'silent') return true;
  return inputs.nodes.some(
    ({ name }) =>
      name !== host && name !== node && outcomeAt(ends(name).probes, address) === 'answered',
  );
}

/** Whether the name is one that the cluster's DNS knows of itself: then some query of some node was answered. */
function isAnsweredAnywhere({ inputs, ends }: Asked): boolean {
  return inputs.nodes.some(({ name }) =>
    ends(name).probes?.dns.some(({ outcome }) => outcome === 'answered'),
  );
}

/**
 * The verdict; where no server is to blame, a silence that something else may explain is no pass. The Service is named
 * only where no pod is: which of them it asks is a matter of luck.
 */
function judged(
  findings: readonly Finding[],
  { dns }: NodeProbes,
  service: string | undefined,
): Verdict {
  if (findings.length > 0) return verdictOf(findings);
  const unanswered = dns.filter(({ outcome }) => outcome === 'silent' || outcome === 'failed');
  if (unanswered.length === 0) return PASS;
  const ofPods = unanswered.filter(({ server }) => server !== service);
  const named = ofPods.length > 0 ? ofPods : unanswered;
  const servers = namesText(named.map(({ server }) => server));
  return skip(
    `No good answer came from ${servers}, and nothing tells whether the server is to blame: the way there, a network policy or another pod behind the Service may be.`,
  );
}

/** Finds nodes on which the cluster's DNS does not answer although packets get there. */
export const check: NodeCheck<
  'nodes' | 'flannel' | 'netConf' | 'coreDns',
  'probes',
  (typeof PEER_FACTS)[number]
> = {
  id: 'dns-query-failing',
  title: 'DNS of the cluster does not answer a node',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: {
    cluster: ['nodes', 'flannel', 'netConf', 'coreDns'],
    node: ['probes'],
    peers: PEER_FACTS,
  },
  messages: {
    silentPod:
      'The DNS pod at {server} does not answer {node}, although packets reach its node and it is ready. Every lookup that the Service hands to this pod ends in a timeout.',
    failedPod:
      'The DNS pod at {server} answers {node} with an error. Look at its log: it may not reach the API server or the resolver that it forwards to.',
    silentService:
      'The DNS Service at {server} does not answer {node}, although each of its pods does when it is asked directly. Pods on {node} resolve no name: look at kube-proxy on {node}.',
    failedService:
      'The DNS Service at {server} answers {node} with an error, while each of its pods answers well.',
  },
  notApplicable: ({ cluster, node }) => probesNotJudged(cluster, node),
  run({ cluster, facts: { probes }, node, atCluster, atNode, peerFacts }) {
    const silent = probesSilent(cluster, node, probes);
    if (silent !== undefined) return skip(silent);
    const { service, pods, areAll } = dnsServers(cluster.coreDns, probedFamily(cluster.netConf));
    if (pods.length === 0) return skip('The DNS Service has no ready endpoint to ask.');
    if (probes.dns.every(({ outcome }) => outcome === undefined)) {
      return skip('No query was sent, or the flannel container has no `nslookup`.');
    }
    const asked = { inputs: cluster, node, probes, ends: peerFacts };
    const outcomeOf = (address: string): Outcome => outcomeAt(probes, address);
    if (probes.dns.some(({ outcome }) => outcome !== 'answered') && !isAnsweredAnywhere(asked)) {
      return skip(
        'No query was answered on any node: the domain of the cluster may be another than cluster.local.',
      );
    }
    const finding = (server: string, what: 'Pod' | 'Service'): Finding => {
      const isSilent = outcomeOf(server) === 'silent';
      return {
        messageId: `${isSilent ? 'silent' : 'failed'}${what}`,
        data: { server },
        severity: what === 'Service' && isSilent ? 'critical' : 'warning',
        breaks: 'none',
        object: `DNS server ${server}`,
        expected: `an answer from ${server}`,
        observed: isSilent ? 'no answer to 3 queries' : 'an error of the server',
        evidence: [
          atNode(
            'probes',
            'dns',
            probes.dns.findIndex((each) => each.server === server),
          ),
          atCluster('coreDns', 'readyEndpoints'),
        ],
      };
    };
    const badPods = pods.filter(
      (pod) =>
        outcomeOf(pod.address) === 'failed' ||
        (outcomeOf(pod.address) === 'silent' && isWayWhole(asked, pod) && isNoPolicy(asked, pod)),
    );
    const allAnswer = areAll && pods.every(({ address }) => outcomeOf(address) === 'answered');
    const isServiceBad =
      service !== undefined && allAnswer && ['silent', 'failed'].includes(outcomeOf(service) ?? '');
    const findings = [
      ...badPods.map(({ address }) => finding(address, 'Pod')),
      ...(isServiceBad ? [finding(service, 'Service')] : []),
    ];
    return judged(findings, probes, service);
  },
};
