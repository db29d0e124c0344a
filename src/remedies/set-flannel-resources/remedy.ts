// SPDX-License-Identifier: Apache-2.0

import { oomKill } from '#expected/oom-kill.ts';
import { rolloutObstacle } from '#expected/one-after-another.ts';
import type { PodObject } from '#model/cluster.ts';
import type { TreatableFinding } from '#model/plan.ts';
import { memoryText, parseQuantity } from '#model/quantity.ts';
import type { ClusterRemedy, ClusterRemedyView, Proposal } from '#remedies/define-remedy.ts';
import { type ReadFlannel, resourcesStep, RUNBOOK } from './flannel-resources.ts';

type View = ClusterRemedyView<'nodes' | 'flannel' | 'flannelPods'>;

/** No limit below it: an idle flanneld takes 9 to 10 MiB and several times that while it starts with many nodes. */
const LEAST = '128Mi';

/** Doubles the memory limit under which the kernel killed flannel. */
export const remedy: ClusterRemedy<'nodes' | 'flannel' | 'flannelPods'> = {
  id: 'set-flannel-resources',
  title: 'Give the flannel container more memory',
  scope: 'cluster',
  risk: 'cluster',
  disturbance:
    'Every flannel pod is replaced, one node after another. Entries stay in the kernel meanwhile, so flows go on; for the seconds that a pod is gone, its node misses changes of other nodes.',
  invasiveness: 50,
  treats: ['flannel-oom-killed'],
  needs: { cluster: ['nodes', 'flannel', 'flannelPods'] },
  plan(view) {
    const { findings } = view;
    const { flannel } = view.cluster;
    if (flannel.kind === 'embedded') return declined(findings, 'Flannel runs outside pods here.');
    const { resources } = flannel;
    if (resources === undefined) {
      return declined(findings, 'The resources of the DaemonSet could not be read.');
    }
    const killed = findings.filter((finding) => isOfFlannel(finding, flannel.container));
    const others = findings.filter((finding) => !killed.includes(finding));
    return [
      ...(others.length === 0
        ? []
        : declined(others, 'It is long over, or not about the container that runs flanneld.')),
      ...(killed.length === 0 ? [] : [raise(view, { ...flannel, resources }, killed)]),
    ];
  },
};

/** The kill is recent, and of the container whose resources would be changed. */
function isOfFlannel({ finding }: TreatableFinding, container: string): boolean {
  return finding.messageId === 'killed' && finding.data['container'] === container;
}

function raise(
  { cluster }: View,
  flannel: ReadFlannel,
  findings: readonly TreatableFinding[],
): Proposal {
  const decline = (reason: string): Proposal => ({ kind: 'declined', findings, reason });
  const text = flannel.resources.limits['memory'];
  const limit = text === undefined ? undefined : parseQuantity(text);
  if (limit === undefined) {
    return decline(
      'The container has no memory limit, so it was the node that ran out of memory: a limit would make it worse.',
    );
  }
  const obstacle = rolloutObstacle(flannel);
  if (obstacle !== undefined) return decline(obstacle);
  const enough = parseQuantity(RUNBOOK.limits['memory'] ?? '') ?? 0n;
  if (limit >= enough) {
    return decline(
      `It was killed with a limit of ${text ?? ''}: flanneld never needs that much, so more would only hide what eats it.`,
    );
  }
  const killed = limitsOfKilled(cluster.flannelPods, flannel.container);
  if (killed.length > 0 && killed.every((each) => each !== undefined && each < limit)) {
    return decline(
      `The pod was killed with a smaller limit than the DaemonSet gives now (${text ?? ''}): its rollout is not through.`,
    );
  }
  const memory = raised([limit, ...killed.map((each) => each ?? 0n)]);
  const { requests, limits } = flannel.resources;
  const after = { requests, limits: { ...limits, memory } };
  return { kind: 'steps', findings, steps: [resourcesStep(flannel, cluster.nodes, after)] };
}

/** Twice the greatest of some limits, at least {@link LEAST}. */
function raised(limits: readonly bigint[]): string {
  const candidates = [parseQuantity(LEAST) ?? 0n, ...limits.map((limit) => limit * 2n)];
  return memoryText(candidates.reduce((most, each) => (each > most ? each : most), 0n));
}

/** Memory limits of the containers that were killed for memory; undefined for one without. */
function limitsOfKilled(
  pods: readonly PodObject[],
  container: string,
): readonly (bigint | undefined)[] {
  return pods
    .flatMap((pod) => pod.containers)
    .filter(({ name }) => name === container)
    .filter((each) => oomKill(each) !== undefined)
    .map(({ memoryLimit }) => (memoryLimit === undefined ? undefined : parseQuantity(memoryLimit)));
}

function declined(findings: readonly TreatableFinding[], reason: string): readonly Proposal[] {
  return [{ kind: 'declined', findings, reason }];
}
