// SPDX-License-Identifier: Apache-2.0

import { type AbsenceReason, type Fact, absent, observed } from '#model/fact.ts';
import type {
  ContainerInventory,
  ContainerUsage,
  LimitRangeItem,
  NodeInventory,
  NodeUsage,
  PodInventory,
  QuotaItem,
  ResourcePicture,
  UsageOrigin,
  UsageReading,
} from '#model/resources.ts';

/** Bytes. */
export const MIB: number = 1024 * 1024;

/** The instant at which every built picture was read. */
export const PICTURED_AT = '2026-11-24T12:00:00.000Z';

/** A container named `main` that runs since a day, without requests or limits, unless told otherwise. */
export function container(given: Partial<ContainerInventory> = {}): ContainerInventory {
  return {
    name: 'main',
    role: 'app',
    image: 'example.com/app:1',
    requests: {},
    limits: {},
    ready: true,
    restartCount: 0,
    state: 'running',
    startedAt: '2026-11-23T12:00:00.000Z',
    ...given,
  };
}

/** What says which pod is meant; the rest is that of a running one of a Deployment. */
export type GivenPod = Partial<PodInventory> & Pick<PodInventory, 'name'>;

/** A pod of the Deployment `shop/web` on node1 that runs since a day, unless told otherwise. */
export function pod(given: GivenPod): PodInventory {
  const { namespace = 'shop', name } = given;
  return {
    namespace,
    uid: `uid-of-${namespace}-${name}`,
    workload: { kind: 'Deployment', name: 'web' },
    node: 'node1',
    phase: 'Running',
    createdAt: '2026-11-23T12:00:00.000Z',
    qosClass: 'Burstable',
    containers: [container()],
    ...given,
  };
}

/** A ready node of 8 cores and 32 GiB for 110 pods, unless told otherwise. */
export function node(given: Partial<NodeInventory> & Pick<NodeInventory, 'name'>): NodeInventory {
  return {
    allocatable: { cpuCores: 8, memoryBytes: 31 * 1024 * MIB },
    capacity: { cpuCores: 8, memoryBytes: 32 * 1024 * MIB },
    maxPods: 110,
    ready: true,
    ...given,
  };
}

type Place = Pick<ContainerUsage, 'namespace' | 'pod' | 'container'>;

/**
 * Builds pictures of a cluster's resources for tests. It begins empty and wholly observed; every method returns the
 * builder; `build` may be called again. `healthyPicture` begins with a cluster as kubeadm makes it.
 */
export class ResourcePictureBuilder {
  readonly #nodes = new Map<string, NodeInventory>();
  readonly #pods = new Map<string, PodInventory>();
  readonly #used = new Map<string, ContainerUsage>();
  readonly #nodeUsage: NodeUsage[] = [];
  readonly #missing: { readonly node: string; readonly why: string }[] = [];
  readonly #limitRanges: LimitRangeItem[] = [];
  readonly #quotas: QuotaItem[] = [];
  readonly #withdrawn = new Map<keyof ResourcePicture, Fact<never>>();
  #origin: UsageOrigin = 'metrics-server';

  /** Adds nodes, or replaces those of the same names. */
  nodes(...nodes: readonly NodeInventory[]): this {
    for (const each of nodes) this.#nodes.set(each.name, each);
    return this;
  }

  /** Adds pods, or replaces those of the same names. */
  pods(...pods: readonly PodInventory[]): this {
    for (const each of pods) this.#pods.set(`${each.namespace}/${each.name}`, each);
    return this;
  }

  /** Changes every container of a name. Throws when there is none. */
  changeContainers(name: string, change: (value: ContainerInventory) => ContainerInventory): this {
    let isThere = false;
    for (const [key, each] of this.#pods) {
      const containers = each.containers.map((one) => (one.name === name ? change(one) : one));
      isThere ||= each.containers.some((one) => one.name === name);
      this.#pods.set(key, { ...each, containers });
    }
    if (!isThere) throw new Error(`no container ${name}`);
    return this;
  }

  /** Sets what one container uses, in place of what was set before. */
  uses(where: Place, use: Partial<ContainerUsage>): this {
    const { namespace, pod: name, container: of } = where;
    this.#used.set(`${namespace}/${name}/${of}`, { at: PICTURED_AT, ...where, ...use });
    return this;
  }

  /** Sets what every container of a name uses. */
  allUse(name: string, use: Partial<ContainerUsage>): this {
    for (const { namespace, name: of, containers } of this.#pods.values()) {
      if (containers.some((each) => each.name === name)) {
        this.uses({ namespace, pod: of, container: name }, use);
      }
    }
    return this;
  }

  /** Adds what a node uses as a whole. */
  nodeUses(name: string, use: Partial<NodeUsage>): this {
    this.#nodeUsage.push({ at: PICTURED_AT, node: name, ...use });
    return this;
  }

  /** Says which origin the usage is from. */
  measuredBy(origin: UsageOrigin): this {
    this.#origin = origin;
    return this;
  }

  /** Takes the use of a node and of its pods away. */
  unmeasured(name: string, why = 'The test did not measure it.'): this {
    this.#missing.push({ node: name, why });
    for (const each of this.#pods.values()) {
      if (each.node !== name) continue;
      for (const { name: of } of each.containers) {
        this.#used.delete(`${each.namespace}/${each.name}/${of}`);
      }
    }
    return this;
  }

  /** Adds a LimitRange. */
  limitRange(given: Partial<LimitRangeItem> & Pick<LimitRangeItem, 'namespace'>): this {
    const item = { name: 'defaults', defaultRequests: {}, defaultLimits: {}, max: {}, min: {} };
    this.#limitRanges.push({ ...item, ...given });
    return this;
  }

  /** Adds a ResourceQuota. */
  quota(given: Partial<QuotaItem> & Pick<QuotaItem, 'namespace'>): this {
    const used = { usedRequests: {}, usedLimits: {} };
    this.#quotas.push({ name: 'quota', hardRequests: {}, hardLimits: {}, ...used, ...given });
    return this;
  }

  /** Makes a fact absent. */
  without(
    name: Exclude<keyof ResourcePicture, 'readAt'>,
    reason: AbsenceReason = 'forbidden',
  ): this {
    this.#withdrawn.set(name, absent(reason, `The test withdrew ${name}.`));
    return this;
  }

  /** The picture as it stands now. */
  build(): ResourcePicture {
    const usage: UsageReading = {
      origin: this.#origin,
      through: 'metrics.k8s.io/v1beta1',
      nodes: this.#nodeUsage,
      containers: [...this.#used.values()],
      missing: this.#missing,
      passedOver: [],
    };
    return structuredClone({
      readAt: PICTURED_AT,
      nodes: observed([...this.#nodes.values()], PICTURED_AT),
      pods: observed([...this.#pods.values()], PICTURED_AT),
      usage: observed(usage, PICTURED_AT, usage.origin),
      limitRanges: observed(this.#limitRanges, PICTURED_AT),
      quotas: observed(this.#quotas, PICTURED_AT),
      ...Object.fromEntries(this.#withdrawn),
    });
  }
}
