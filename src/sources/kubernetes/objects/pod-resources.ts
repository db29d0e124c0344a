// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import type { ContainerStatus, ContainerTermination } from '#model/cluster.ts';
import type { AmountName } from '#model/resources.ts';
import {
  NO_STATE,
  optionalState,
  stateOf,
  terminationOf,
} from '#sources/kubernetes/objects/container-state.ts';
import { count, defined, flag, listOf, text } from '#sources/kubernetes/objects/fields.ts';
import { defaultedAmounts, LIMIT_RANGER_KEY } from '#sources/kubernetes/objects/limit-ranger.ts';
import { type RawAmounts, resources } from '#sources/kubernetes/objects/resource-fields.ts';
import { nonEmpty } from '#sources/plain-text.ts';

/** A container as declared and as its status tells of it, with quantities as the API writes them. */
export interface RawContainerResources {
  readonly name: string;
  readonly isInit: boolean;
  readonly restartsAlways: boolean;
  readonly image: string;
  readonly requests: RawAmounts;
  readonly limits: RawAmounts;
  /** What the LimitRanger filled in; absent: nothing. */
  readonly defaulted?: readonly AmountName[];
  readonly ready: boolean;
  readonly restartCount: number;
  readonly state: ContainerStatus['state'];
  readonly reason?: string;
  readonly startedAt?: string;
  readonly lastTerminated?: ContainerTermination;
}

/** A pod as far as its resources go, with what tells its workload. */
export interface RawPodResources {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly createdAt: string;
  /** What controls it; absent: nobody. */
  readonly owner?: { readonly kind: string; readonly name: string };
  /** Its label `pod-template-hash`. */
  readonly templateHash?: string;
  readonly node?: string;
  readonly phase: string;
  readonly qosClass?: string;
  /** Init containers first. */
  readonly containers: readonly RawContainerResources[];
}

const specs = listOf(z.object({ name: z.string(), image: text, resources, restartPolicy: text }));

const statuses = listOf(
  z.object({
    name: z.string(),
    ready: flag,
    restartCount: count,
    state: optionalState,
    lastState: optionalState,
  }),
);

const owners = listOf(z.object({ kind: z.string(), name: z.string(), controller: flag }));

const schema = z.object({
  metadata: z.object({
    name: z.string().check(z.minLength(1), z.maxLength(253)),
    namespace: text,
    uid: text,
    creationTimestamp: text,
    labels: z.catch(z.object({ 'pod-template-hash': text }), () => NO_LABELS),
    annotations: z.catch(z.object({ [LIMIT_RANGER_KEY]: text }), () => NO_ANNOTATIONS),
    ownerReferences: owners,
  }),
  spec: z.catch(
    z.object({ nodeName: text, initContainers: specs, containers: specs }),
    () => NO_SPEC,
  ),
  status: z.catch(
    z.object({
      phase: text,
      qosClass: text,
      initContainerStatuses: statuses,
      containerStatuses: statuses,
    }),
    () => NO_STATUS,
  ),
});

const NO_LABELS = { 'pod-template-hash': undefined };
const NO_ANNOTATIONS = { [LIMIT_RANGER_KEY]: undefined };
const NO_SPEC = { nodeName: undefined, initContainers: [], containers: [] };
const NO_STATUS = {
  phase: undefined,
  qosClass: undefined,
  initContainerStatuses: [],
  containerStatuses: [],
};

type Raw = z.infer<typeof schema>;
type RawSpec = Raw['spec']['containers'][number];
type RawStatus = Raw['status']['containerStatuses'][number];

/** Reduces a Pod to its resources; undefined when it has no name. */
export function projectPodResources(item: unknown): RawPodResources | undefined {
  const result = schema.safeParse(item);
  if (!result.success) return undefined;
  const { metadata, spec, status } = result.data;
  const defaults = metadata.annotations[LIMIT_RANGER_KEY];
  const owner = metadata.ownerReferences.find(({ controller }) => controller === true);
  return defined({
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid ?? '',
    createdAt: metadata.creationTimestamp ?? '',
    owner: owner && { kind: owner.kind, name: owner.name },
    templateHash: nonEmpty(metadata.labels['pod-template-hash']),
    node: nonEmpty(spec.nodeName),
    phase: status.phase ?? 'Unknown',
    qosClass: status.qosClass,
    containers: [
      ...containersOf(spec.initContainers, status.initContainerStatuses, true),
      ...containersOf(spec.containers, status.containerStatuses, false),
    ].map((container) => withDefaults(container, defaults)),
  });
}

function withDefaults(
  container: RawContainerResources,
  annotation: string | undefined,
): RawContainerResources {
  const defaulted = defaultedAmounts(annotation, container.name, container.isInit);
  return defaulted.length === 0 ? container : { ...container, defaulted };
}

function containersOf(
  declared: readonly RawSpec[],
  told: readonly RawStatus[],
  isInit: boolean,
): readonly RawContainerResources[] {
  return declared.map((container) => {
    const status = told.find(({ name }) => name === container.name);
    return {
      name: container.name,
      isInit,
      restartsAlways: container.restartPolicy === 'Always',
      image: container.image ?? '',
      ...container.resources,
      ready: status?.ready ?? false,
      restartCount: status?.restartCount ?? 0,
      ...lifeOf(status),
    };
  });
}

function lifeOf(
  status: RawStatus | undefined,
): Pick<RawContainerResources, 'state' | 'reason' | 'startedAt' | 'lastTerminated'> {
  const { running, waiting, terminated } = status?.state ?? NO_STATE;
  return defined({
    state: stateOf(status?.state),
    reason: waiting?.reason ?? terminated?.reason,
    startedAt: running?.startedAt,
    lastTerminated: terminationOf(terminated ?? status?.lastState?.terminated),
  });
}
