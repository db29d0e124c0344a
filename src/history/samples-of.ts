// SPDX-License-Identifier: Apache-2.0

import type {
  ContainerInventory,
  ContainerUsage,
  NodeInventory,
  NodeUsage,
  PodInventory,
  UsePicture,
} from '#model/resources.ts';

/** One measurement of one container, or of a node as a whole, with all that places it. */
export interface Sample {
  readonly pod: SampledPod;
  readonly container: string;
  /** Absent: of a container. */
  readonly ofNode?: boolean;
  readonly restartCount: number;
  /** Of a node: what pods may have of it. */
  readonly limitBytes?: number;
  readonly workingSetBytes: number;
  readonly cpuCores?: number;
  /** When it was measured, by the clock of who measured it; absent when that cannot be read. */
  readonly measuredMs?: number;
}

/** What a series is known by. */
export type SampledPod = Pick<PodInventory, 'uid' | 'namespace' | 'name' | 'workload' | 'node'>;

/** Why a measurement is not kept. */
export type LeftOut = 'pod not listed' | 'measured before the last restart' | 'no memory in it';

/** What of a picture is kept, and how many measurements are not. */
export interface SampleSelection {
  readonly samples: readonly Sample[];
  /** Of nodes as a whole. */
  readonly ofNodes: readonly Sample[];
  readonly leftOut: ReadonlyMap<LeftOut, number>;
}

/** More than any machine has: 128 TiB. */
const MAX_BYTES = 2 ** 47;

/**
 * The measurements of containers in a picture that a history can keep, or why there are none. One that is older than
 * its container's start is of the life before: it is left out rather than mixed with the new one.
 */
export function samplesOf({
  nodes,
  pods,
  usage,
}: UsePicture): SampleSelection | { readonly why: string } {
  if (usage.state === 'absent') return { why: usage.detail };
  if (pods.state === 'absent') return { why: pods.detail };
  const byName = new Map(pods.value.map((pod) => [keyOf(pod.namespace, pod.name), pod]));
  const samples: Sample[] = [];
  const leftOut = new Map<LeftOut, number>();
  for (const measured of usage.value.containers) {
    const pod = byName.get(keyOf(measured.namespace, measured.pod));
    const sample = sampleOf(measured, pod);
    if (typeof sample === 'string') leftOut.set(sample, (leftOut.get(sample) ?? 0) + 1);
    else samples.push(sample);
  }
  const inventory = nodes.state === 'observed' ? nodes.value : [];
  return { samples, ofNodes: nodeSamples(usage.value.nodes, inventory), leftOut };
}

function nodeSamples(
  measured: readonly NodeUsage[],
  inventory: readonly NodeInventory[],
): readonly Sample[] {
  const byName = new Map(inventory.map(({ name, allocatable }) => [name, allocatable]));
  return measured.flatMap(({ node, at, workingSetBytes, cpuCores }) => {
    const bytes = wholeBytes(workingSetBytes);
    if (bytes === undefined) return [];
    // No UID of a pod has a space in it.
    const pod: SampledPod = {
      uid: `node ${node}`,
      namespace: '',
      name: node,
      workload: { kind: 'Node', name: node },
      node,
    };
    const limitBytes = wholeBytes(byName.get(node)?.memoryBytes);
    const amounts = amountsOf({ workingSetBytes: bytes, limitBytes, cpuCores }, Date.parse(at));
    return [{ pod, container: '', ofNode: true, restartCount: 0, ...amounts }];
  });
}

interface Measured {
  readonly workingSetBytes: number;
  readonly limitBytes: number | undefined;
  readonly cpuCores: number | undefined;
}

/** What can be kept of some amounts. */
function amountsOf(
  { workingSetBytes, limitBytes, cpuCores }: Measured,
  measuredMs: number,
): Pick<Sample, 'workingSetBytes' | 'limitBytes' | 'cpuCores' | 'measuredMs'> {
  return {
    workingSetBytes,
    ...(limitBytes !== undefined && { limitBytes }),
    ...(cpuCores !== undefined && cpuCores >= 0 && cpuCores < 1e6 && { cpuCores }),
    ...(Number.isFinite(measuredMs) && { measuredMs }),
  };
}

function sampleOf(measured: ContainerUsage, pod: PodInventory | undefined): Sample | LeftOut {
  const container = pod?.containers.find(({ name }) => name === measured.container);
  if (pod === undefined || container === undefined) return 'pod not listed';
  const measuredMs = Date.parse(measured.at);
  if (isOfEarlierLife(container, measuredMs)) return 'measured before the last restart';
  const workingSetBytes = wholeBytes(measured.workingSetBytes);
  if (workingSetBytes === undefined) return 'no memory in it';
  const limitBytes = wholeBytes(container.limits.memoryBytes);
  return {
    pod,
    container: container.name,
    restartCount: container.restartCount,
    ...amountsOf({ workingSetBytes, limitBytes, cpuCores: measured.cpuCores }, measuredMs),
  };
}

/** Both instants are of the node's clock, so that no skew is between them. */
function isOfEarlierLife({ startedAt }: ContainerInventory, measuredMs: number): boolean {
  return startedAt !== undefined && measuredMs < Date.parse(startedAt);
}

function wholeBytes(bytes: number | undefined): number | undefined {
  if (bytes === undefined || !(bytes >= 0 && bytes < MAX_BYTES)) return undefined;
  return Math.round(bytes);
}

function keyOf(namespace: string, pod: string): string {
  return `${namespace}/${pod}`;
}
