// SPDX-License-Identifier: Apache-2.0

import { isObjectName, UNPRINTABLE } from '#expected/command-site.ts';
import type { CoreDns } from '#model/cluster.ts';
import type { ManualRemedy, TreatableFinding } from '#model/plan.ts';
import type { ClusterRemedy, Proposal } from '#remedies/define-remedy.ts';

/** The Deployment has the label of its pods in kubeadm, Talos, k3s and RKE2; its name differs. */
const SELECTOR = '-l k8s-app=kube-dns';

/** Says how to bring CoreDNS back. How many replicas there were is written nowhere once it is scaled to nothing. */
export const remedy: ClusterRemedy<'coreDns'> = {
  id: 'restart-coredns',
  title: 'Start CoreDNS again',
  scope: 'cluster',
  risk: 'cluster',
  disturbance: 'Selvage changes nothing here: it says what to do by hand.',
  invasiveness: 20,
  byHand: true,
  treats: ['coredns-unavailable', 'dns-query-failing'],
  needs: { cluster: ['coreDns'] },
  plan: ({ cluster: { coreDns }, findings }) =>
    findings.map((finding) => propose(finding, coreDns)),
};

function propose(finding: TreatableFinding, coreDns: CoreDns): Proposal {
  const findings = [finding];
  const [namespace = ''] = coreDns.service.split('/');
  const reason = isObjectName(namespace) ? notJustified(finding) : UNPRINTABLE;
  if (reason !== undefined) return { kind: 'declined', findings, reason };
  return { kind: 'manual', findings, manual: manualFor(namespace, coreDns.pods.length === 0) };
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

function manualFor(namespace: string, isScaledToNothing: boolean): ManualRemedy {
  const kubectl = `kubectl -n ${namespace}`;
  const verify = [
    `${kubectl} rollout status deployment ${SELECTOR} --timeout=120s`,
    'selvage check --only coredns-unavailable,dns-query-failing',
  ];
  const where = 'where kubectl works';
  if (isScaledToNothing) {
    const lines = [
      '# 2 replicas is what kubeadm and Talos begin with, 1 what k3s does; the number that was there is not known',
      `${kubectl} scale deployment ${SELECTOR} --replicas=2`,
    ];
    return { title: 'Scale CoreDNS up again', where, lines, verify };
  }
  const lines = [
    `${kubectl} get pods ${SELECTOR} -o wide`,
    `${kubectl} logs ${SELECTOR} --tail=20 --prefix`,
    `${kubectl} rollout restart deployment ${SELECTOR}`,
  ];
  return { title: 'Restart CoreDNS', where, lines, verify };
}
