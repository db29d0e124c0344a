// SPDX-License-Identifier: Apache-2.0

import { ownerNotes } from '#expected/workload-owners.ts';
import type { ContainerResources, FlannelDaemonSet, NodeObject } from '#model/cluster.ts';
import type { PatchDaemonSetStep } from '#model/plan.ts';

/** How long one pod may take to be ready again, seconds: 3 to 8 s in the laboratory, images to pull aside. */
export const DEFAULT_POD_SECONDS = 120;

/** What the runbook sets. */
export const RUNBOOK: ContainerResources = {
  requests: { cpu: '200m', memory: '1Gi' },
  limits: { cpu: '500m', memory: '2Gi' },
};

/** Flannel's DaemonSet with the resources it has now. */
export type ReadFlannel = FlannelDaemonSet & { readonly resources: ContainerResources };

/** The step that gives flannel's container these resources, with what has to be known of the DaemonSet's owner. */
export function resourcesStep(
  flannel: ReadFlannel,
  nodes: readonly NodeObject[],
  after: ContainerResources,
  podSeconds: number = DEFAULT_POD_SECONDS,
): PatchDaemonSetStep {
  const { namespace, name, container, resources } = flannel;
  const object = `daemonset ${namespace}/${name}`;
  return {
    kind: 'patch-daemonset',
    object,
    title: `set the resources of ${object} from ${resourcesText(resources)} to ${resourcesText(after)}`,
    notes: ownerNotes({ flannel, nodes }, after),
    namespace,
    name,
    container,
    before: resources,
    after,
    podSeconds,
  };
}

/** `requests 100m CPU, 50Mi memory; no limits`. */
function resourcesText({ requests, limits }: ContainerResources): string {
  const part = (name: string, values: Readonly<Record<string, string>>): string => {
    const words = Object.entries(values).map(([key, value]) => `${key} ${value}`);
    return words.length === 0 ? `no ${name}` : `${name} ${words.join(', ')}`;
  };
  return `${part('requests', requests)}; ${part('limits', limits)}`;
}
