// SPDX-License-Identifier: Apache-2.0

import { isObjectName, UNPRINTABLE } from '#expected/command-site.ts';
import { isRecent } from '#expected/elapsed-time.ts';
import { dnsOwnerNotes } from '#expected/workload-owners.ts';
import type {
  CoreDns,
  DnsDeployment,
  EarlierReplicas,
  NodeObject,
  PodObject,
} from '#model/cluster.ts';
import type { ManualRemedy, PatchDeploymentStep, TreatableFinding } from '#model/plan.ts';
import type { ClusterRemedy, ClusterRemedyView, Proposal } from '#remedies/define-remedy.ts';

type View = ClusterRemedyView<'coreDns' | 'nodes'>;

/** The Deployment has the label of its pods in kubeadm, Talos, k3s and RKE2; its name differs. */
const SELECTOR = '-l k8s-app=kube-dns';

/** A pod of CoreDNS is ready within seconds; an image that has to be pulled takes longer. */
const READY_SECONDS = 120;
/** A younger pod may just be starting. */
const STARTING_SECONDS = 60;

/** Brings CoreDNS back where nothing answers: scales it to what it was, or makes pods anew that run and do not work. */
export const remedy: ClusterRemedy<'coreDns' | 'nodes'> = {
  id: 'restart-coredns',
  title: 'Start CoreDNS again',
  scope: 'cluster',
  risk: 'none',
  disturbance:
    'No query that is answered now is disturbed: it is done only where nothing answers behind the DNS Service. It takes some seconds, or up to two minutes where an image has to be pulled.',
  invasiveness: 20,
  settlesWithinMs: 30_000,
  treats: ['coredns-unavailable', 'dns-query-failing'],
  needs: { cluster: ['coreDns', 'nodes'] },
  plan: (view) => view.findings.map((finding) => propose(finding, view)),
};

function propose(finding: TreatableFinding, view: View): Proposal {
  const findings = [finding];
  const { coreDns, nodes } = view.cluster;
  const [namespace = ''] = coreDns.service.split('/');
  const reason = isObjectName(namespace) ? notJustified(finding) : UNPRINTABLE;
  if (reason !== undefined) return { kind: 'declined', findings, reason };
  const answer =
    finding.check === 'coredns-unavailable'
      ? start(coreDns, nodes, view)
      : restartByHand(namespace);
  if (typeof answer === 'string') return { kind: 'declined', findings, reason: answer };
  return 'kind' in answer
    ? { kind: 'steps', findings, steps: [answer] }
    : { kind: 'manual', findings, manual: answer };
}

/** Why a restart would not help. */
function notJustified({ finding: { messageId } }: TreatableFinding): string | undefined {
  switch (messageId) {
    case 'failedPod':
      return 'The pod answers, with an error: its log says why, and a restart would not change it.';
    case 'silentService':
    case 'failedService':
      return 'Each pod of CoreDNS answers when it is asked directly: it is kube-proxy on that node that has to be looked at.';
    default:
      return undefined;
  }
}

/** The step, what a person has to do, or why neither helps. */
function start(
  coreDns: CoreDns,
  nodes: readonly NodeObject[],
  view: View,
): PatchDeploymentStep | ManualRemedy | string {
  const [namespace = ''] = coreDns.service.split('/');
  // The rights to write are those of kube-system.
  const deployment = namespace === 'kube-system' ? coreDns.deployment : undefined;
  const pods = coreDns.pods.filter(({ deletingSince }) => deletingSince === undefined);
  if (pods.length === 0) return withoutPods(namespace, deployment, nodes);
  if (pods.every(({ createdAt }) => isRecent(view.now, createdAt, STARTING_SECONDS))) {
    return 'Its pods were made less than a minute ago: run the check again.';
  }
  if (!pods.every(isRunning)) return lookByHand(namespace);
  const broken = brokenHost(pods, view);
  if (broken !== undefined) {
    return `The network of ${broken}, where it runs, is broken: that is mended first.`;
  }
  return deployment === undefined ? restartByHand(namespace) : restartStep(deployment, nodes, view);
}

function withoutPods(
  namespace: string,
  deployment: DnsDeployment | undefined,
  nodes: readonly NodeObject[],
): PatchDeploymentStep | ManualRemedy {
  if (deployment === undefined) return scaleByHand(namespace);
  if (deployment.replicas > 0) return lookByHand(namespace);
  const { earlierReplicas } = deployment;
  return earlierReplicas === undefined
    ? scaleByHand(namespace)
    : scaleStep(deployment, earlierReplicas, nodes);
}

/** It has a place and a process: what else keeps a container down, a new pod would meet too. */
function isRunning({ nodeName, containers }: PodObject): boolean {
  return (
    nodeName !== undefined &&
    containers.length > 0 &&
    containers.every(({ state }) => state === 'running')
  );
}

/** A node of these pods whose pods get no packets through, by a finding of its own. */
function brokenHost(pods: readonly PodObject[], { everything }: View): string | undefined {
  const hosts = new Set(pods.map(({ nodeName }) => nodeName));
  return everything.find(
    ({ node, finding }) => node !== undefined && hosts.has(node) && finding.breaks !== 'none',
  )?.node;
}

function scaleStep(
  deployment: DnsDeployment,
  earlier: EarlierReplicas,
  nodes: readonly NodeObject[],
): PatchDeploymentStep {
  const { replicas } = deployment;
  const { count } = earlier;
  return {
    ...placeOf(deployment),
    title: `scale ${objectOf(deployment)} from ${String(replicas)} to ${String(count)} replicas, and wait until they are ready`,
    notes: [evidenceText(earlier), ...dnsOwnerNotes(deployment, nodes)],
    change: { field: 'replicas', before: replicas, after: count },
  };
}

function evidenceText({ count, source }: EarlierReplicas): string {
  const number = String(count);
  switch (source) {
    case 'event':
      return `There were ${number} before: an Event says that it was scaled from ${number} to 0.`;
    case 'last-applied':
      return `There were to be ${number}: the manifest that kubectl applied says so.`;
    case 'replica-set':
      return `There were to be ${number} at its last rollout: its older ReplicaSet says so.`;
  }
}

function restartStep(
  deployment: DnsDeployment,
  nodes: readonly NodeObject[],
  { now }: View,
): PatchDeploymentStep {
  return {
    ...placeOf(deployment),
    title: `restart ${objectOf(deployment)}, and wait until its pods are ready`,
    notes: ['Its pods run, but none is ready.', ...dnsOwnerNotes(deployment, nodes)],
    change: { field: 'restartedAt', before: deployment.restartedAt ?? null, after: now },
  };
}

function objectOf({ namespace, name }: DnsDeployment): string {
  return `deployment ${namespace}/${name}`;
}

function placeOf(
  deployment: DnsDeployment,
): Pick<PatchDeploymentStep, 'kind' | 'object' | 'namespace' | 'name' | 'uid' | 'readySeconds'> {
  const { namespace, name, uid } = deployment;
  const object = objectOf(deployment);
  return { kind: 'patch-deployment', object, namespace, name, uid, readySeconds: READY_SECONDS };
}

const WHERE = 'where kubectl works';

function verifyLines(namespace: string): readonly string[] {
  return [
    `kubectl -n ${namespace} rollout status deployment ${SELECTOR} --timeout=120s`,
    'selvage check --only coredns-unavailable,dns-query-failing',
  ];
}

function scaleByHand(namespace: string): ManualRemedy {
  const lines = [
    '# 2 replicas is what kubeadm and Talos begin with, 1 what k3s does; the number that was there is not known',
    `kubectl -n ${namespace} scale deployment ${SELECTOR} --replicas=2`,
  ];
  return { title: 'Scale CoreDNS up again', where: WHERE, lines, verify: verifyLines(namespace) };
}

function restartByHand(namespace: string): ManualRemedy {
  const lines = [
    `kubectl -n ${namespace} get pods ${SELECTOR} -o wide`,
    `kubectl -n ${namespace} logs ${SELECTOR} --tail=20 --prefix`,
    `kubectl -n ${namespace} rollout restart deployment ${SELECTOR}`,
  ];
  return { title: 'Restart CoreDNS', where: WHERE, lines, verify: verifyLines(namespace) };
}

/** What keeps its pods from being made or from starting is told by their events and logs. */
function lookByHand(namespace: string): ManualRemedy {
  const lines = [
    `kubectl -n ${namespace} describe deployment ${SELECTOR}`,
    `kubectl -n ${namespace} describe pods ${SELECTOR}`,
    `kubectl -n ${namespace} logs ${SELECTOR} --tail=20 --prefix --previous`,
  ];
  const title = 'Look at what keeps CoreDNS from starting';
  return { title, where: WHERE, lines, verify: verifyLines(namespace) };
}
