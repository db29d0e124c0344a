// SPDX-License-Identifier: Apache-2.0

import type { ContainerResources } from '#model/cluster.ts';
import type { PatchDaemonSetStep, Stage } from '#model/plan.ts';
import { isSameQuantity, parseQuantity } from '#model/quantity.ts';
import type { Snapshot } from '#model/snapshot.ts';
import {
  DEFAULT_POD_SECONDS,
  type ReadFlannel,
  resourcesStep,
  RUNBOOK,
} from '#remedies/set-flannel-resources/flannel-resources.ts';
import { remedy } from '#remedies/set-flannel-resources/remedy.ts';

/** What to give the flannel container: a whole set of values, or single ones. Absent ones stay as they are. */
export interface WantedResources {
  /** `recommended`: the values beside it are all that is to be set, and a limit that is not among them goes. */
  readonly profile?: 'runbook' | 'upstream' | 'recommended';
  /** Quantities by Kubernetes' grammar. */
  readonly memoryRequest?: string;
  readonly memoryLimit?: string;
  readonly cpuRequest?: string;
  readonly cpuLimit?: string;
}

/** A request that would be above its limit. */
export interface AboveLimit {
  readonly name: string;
  readonly request: string;
  readonly limit: string;
}

/** The container's resources as they would be. */
export function wantedResources(
  now: ContainerResources,
  wanted: WantedResources,
): ContainerResources {
  if (wanted.profile === 'runbook') {
    return {
      requests: { ...now.requests, ...RUNBOOK.requests },
      limits: { ...now.limits, ...RUNBOOK.limits },
    };
  }
  if (wanted.profile === 'upstream') return { requests: now.requests, limits: {} };
  const { cpuRequest, memoryRequest, cpuLimit, memoryLimit } = wanted;
  const { cpu: _, memory: __, ...others } = now.limits;
  return {
    requests: withValues(now.requests, cpuRequest, memoryRequest),
    limits: withValues(
      wanted.profile === 'recommended' ? others : now.limits,
      cpuLimit,
      memoryLimit,
    ),
  };
}

function withValues(
  now: Readonly<Record<string, string>>,
  cpu: string | undefined,
  memory: string | undefined,
): Readonly<Record<string, string>> {
  return { ...now, ...(cpu !== undefined && { cpu }), ...(memory !== undefined && { memory }) };
}

/** The first request above its limit, which the API server would refuse; undefined when there is none. */
export function requestAboveLimit({
  requests,
  limits,
}: ContainerResources): AboveLimit | undefined {
  return Object.entries(requests).flatMap(([name, request]): readonly AboveLimit[] => {
    const limit = limits[name];
    if (limit === undefined || isSameQuantity(request, limit)) return [];
    const isBelow = (parseQuantity(request) ?? 0n) < (parseQuantity(limit) ?? 0n);
    return isBelow ? [] : [{ name, request, limit }];
  })[0];
}

/** How to set resources. */
export interface ResourcesPlanOptions {
  /** How long one pod may take to be ready again, milliseconds; absent: two minutes. */
  readonly podMs?: number | undefined;
  /** What the values rest on, line by line, for who is to agree to them. */
  readonly evidence?: readonly string[];
}

/** The stages that set the resources of the flannel container; none when it has them. Pure. */
export function resourcesStages(
  snapshot: Snapshot,
  flannel: ReadFlannel,
  after: ContainerResources,
  options: ResourcesPlanOptions = {},
): readonly Stage[] {
  if (spelling(after) === spelling(flannel.resources)) return [];
  const step = plannedStep(snapshot, flannel, after, options);
  const { evidence = [] } = options;
  const { id, risk, disturbance } = remedy;
  return [
    {
      remedy: id,
      title: 'Set requests and limits of the flannel container',
      risk,
      disturbance,
      treats: [],
      steps: [{ ...step, notes: [...evidence, ...(step.notes ?? [])] }],
      whyNotSmaller: [],
      settlesWithinMs: 0,
      haltsOnFailure: true,
      peers: [],
    },
  ];
}

/** The step that gives the container its resources, also when it has them: then it tells what every pod has to carry. */
export function plannedStep(
  { cluster: { nodes } }: Snapshot,
  flannel: ReadFlannel,
  after: ContainerResources,
  { podMs }: ResourcesPlanOptions,
): PatchDaemonSetStep {
  const podSeconds = podMs === undefined ? DEFAULT_POD_SECONDS : podMs / 1000;
  return resourcesStep(flannel, nodes.state === 'observed' ? nodes.value : [], after, podSeconds);
}

/** In one spelling of the values, so that 0.5 and 500m count as the same. */
function spelling({ requests, limits }: ContainerResources): string {
  const part = (values: Readonly<Record<string, string>>): readonly string[] =>
    Object.entries(values)
      .map(([key, value]) => `${key}=${String(parseQuantity(value) ?? value)}`)
      .sort();
  return JSON.stringify([part(requests), part(limits)]);
}
