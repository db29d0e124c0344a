// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

/** Metadata of a stored object. Fields that the store assigns are absent only before `create`. */
export interface ObjectMeta {
  name: string;
  /** Absent: cluster-scoped. */
  namespace?: string;
  uid?: string;
  /** A decimal integer, unique in the store and growing with each change. */
  resourceVersion?: string;
  /** Counts changes of `spec`, from 1; absent for objects without one. */
  generation?: number;
  /** RFC 3339, whole seconds. */
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  [field: string]: unknown;
}

/** Link from a dependent object to its owner. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** Any Kubernetes object; kinds add fields of their own. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

/** Kind of one change, as a watch names it. */
export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** Plural resource name with its group: `nodes`, `pods`, `daemonsets.apps`, `leases.coordination.k8s.io`. */
export type ResourceName = string;

/** One change of the store. */
export interface StoreEvent {
  resource: ResourceName;
  type: WatchEventType;
  /** After the change; for DELETED the last state, with the resourceVersion of the deletion. */
  object: KubernetesObject;
  /** Before the change; absent for ADDED. */
  previous?: KubernetesObject;
}

/** Called once per change, synchronously and in order. */
export type StoreListener = (
  resource: ResourceName,
  type: WatchEventType,
  object: KubernetesObject,
  previous?: KubernetesObject,
) => void;

/** Which objects a list returns, and how many at a time. */
export interface ListOptions {
  /** Absent: all namespaces. */
  namespace?: string;
  /** At most this many items; absent or 0: all. */
  limit?: number;
  /** From the page before; the page then shows the same state of the store as the first one. */
  continueToken?: string;
  /** Keeps an item when true; absent: keeps all. */
  where?: (object: KubernetesObject) => boolean;
}

/** One page of a list. */
export interface ListPage {
  items: readonly KubernetesObject[];
  /** State of the store that the page shows. */
  resourceVersion: string;
  /** Absent on the last page. */
  continueToken?: string;
  /** Items after this page; 0 on the last. */
  remainingItemCount: number;
}

/** Why the store refused an operation, in the API's words for the reason. */
export type StoreRefusal = 'AlreadyExists' | 'Conflict' | 'NotFound' | 'Expired';

/** A refused operation; the store is unchanged. */
export class StoreConflict extends Error {
  readonly reason: StoreRefusal;

  constructor(reason: StoreRefusal, message: string) {
    super(message);
    this.name = 'StoreConflict';
    this.reason = reason;
  }
}

interface Snapshot {
  items: readonly KubernetesObject[];
  resourceVersion: number;
}

const DEFAULT_HISTORY_LIMIT = 50_000;
/** Unfinished paged lists that can go on; older ones expire like etcd's compacted revisions. */
const SNAPSHOT_LIMIT = 64;

/**
 * The objects of a cluster with the semantics of the API server's storage: one growing
 * resourceVersion, optimistic concurrency, consistent paging, and a bounded history for watches.
 *
 * Objects that come out are deeply frozen and shared: clone one (`structuredClone`) to change it.
 * Objects that go in are cloned.
 */
export class ObjectStore {
  readonly #now: () => Date;
  readonly #historyLimit: number;
  readonly #objects = new Map<ResourceName, Map<string, KubernetesObject>>();
  readonly #sorted = new Map<ResourceName, readonly KubernetesObject[]>();
  readonly #snapshots = new Map<string, Snapshot>();
  readonly #listeners = new Set<StoreListener>();
  readonly #queue: StoreEvent[] = [];
  #history: StoreEvent[] = [];
  /** resourceVersion of the last event that the history no longer holds. */
  #compacted = 0;
  #resourceVersion = 0;
  #delivering = false;

  /** @param options `now`: the clock of creationTimestamp; `historyLimit`: events kept for watches. */
  constructor(options: { now?: () => Date; historyLimit?: number } = {}) {
    this.#now = options.now ?? ((): Date => new Date());
    this.#historyLimit = options.historyLimit ?? DEFAULT_HISTORY_LIMIT;
  }

  /** The latest resourceVersion given out; `0` for a store that was never written. */
  get resourceVersion(): string {
    return String(this.#resourceVersion);
  }

  /**
   * Adds an object; assigns uid, resourceVersion, creationTimestamp, and generation 1 when it has a spec.
   *
   * @throws StoreConflict `AlreadyExists`
   */
  create(resource: ResourceName, object: KubernetesObject): KubernetesObject {
    const { name, namespace } = object.metadata;
    const objects = this.#of(resource);
    if (objects.has(keyOf(name, namespace))) {
      throw new StoreConflict('AlreadyExists', `${resource} "${name}" already exists`);
    }
    const created = structuredClone(object);
    created.metadata.uid ??= randomUUID();
    created.metadata.creationTimestamp ??= rfc3339(this.#now());
    if (created['spec'] !== undefined) created.metadata.generation = 1;
    return this.#commit({ resource, type: 'ADDED', object: created });
  }

  /** Reads one object; undefined when there is none. */
  get(resource: ResourceName, name: string, namespace?: string): KubernetesObject | undefined {
    return this.#objects.get(resource)?.get(keyOf(name, namespace));
  }

  /**
   * Reads a list in key order (namespace, then name), page by page when a limit is given.
   *
   * @throws StoreConflict `Expired` when the continue token is malformed or too old
   */
  list(resource: ResourceName, options: ListOptions = {}): ListPage {
    const token =
      options.continueToken === undefined ? undefined : parseToken(options.continueToken);
    const snapshot = token === undefined ? this.#snapshot(resource) : this.#resume(resource, token);
    const { namespace, where, limit = 0 } = options;
    const wanted = snapshot.items.filter(
      (item) =>
        (namespace === undefined || item.metadata.namespace === namespace) &&
        (where === undefined || where(item)),
    );
    const start = token?.offset ?? 0;
    const end = limit > 0 ? Math.min(start + limit, wanted.length) : wanted.length;
    const page: ListPage = {
      items: wanted.slice(start, end),
      resourceVersion: String(snapshot.resourceVersion),
      remainingItemCount: wanted.length - end,
    };
    if (end < wanted.length) {
      this.#retain(resource, snapshot);
      page.continueToken = formatToken(snapshot.resourceVersion, end);
    }
    return page;
  }

  /**
   * Replaces an object. uid and creationTimestamp stay; generation grows when the spec changed.
   * An update that changes nothing is no event and keeps the resourceVersion.
   *
   * @throws StoreConflict `NotFound`, or `Conflict` when `expectResourceVersion` is not the current one
   */
  update(
    resource: ResourceName,
    object: KubernetesObject,
    options: { expectResourceVersion?: string } = {},
  ): KubernetesObject {
    const { name, namespace } = object.metadata;
    const previous = this.get(resource, name, namespace);
    if (previous === undefined) {
      throw new StoreConflict('NotFound', `${resource} "${name}" not found`);
    }
    const { expectResourceVersion } = options;
    if (
      expectResourceVersion !== undefined &&
      expectResourceVersion !== previous.metadata.resourceVersion
    ) {
      throw new StoreConflict('Conflict', CONFLICT_MESSAGE);
    }
    const next = structuredClone(object);
    carryOver(previous, next);
    if (isDeepStrictEqual(next, previous)) return previous;
    return this.#commit({ resource, type: 'MODIFIED', object: next, previous });
  }

  /** Removes an object at once and returns its last state; undefined when there is none. */
  delete(resource: ResourceName, name: string, namespace?: string): KubernetesObject | undefined {
    const previous = this.get(resource, name, namespace);
    if (previous === undefined) return undefined;
    return this.#commit({ resource, type: 'DELETED', object: structuredClone(previous), previous });
  }

  /**
   * Follows all changes from now on. A change made by a listener is delivered after the one that
   * caused it has reached every listener.
   *
   * @returns the function that ends the subscription
   */
  subscribe(listener: StoreListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Events of one resource after a resourceVersion, oldest first.
   *
   * @throws StoreConflict `Expired` when the history no longer reaches back that far
   */
  eventsSince(resource: ResourceName, resourceVersion: string): readonly StoreEvent[] {
    const since = Number(resourceVersion);
    if (since < this.#compacted) {
      throw new StoreConflict(
        'Expired',
        `too old resource version: ${resourceVersion} (${String(this.#compacted)})`,
      );
    }
    // Each resourceVersion is one event, so the position is arithmetic.
    return this.#history
      .slice(since - this.#compacted)
      .filter((event) => event.resource === resource);
  }

  /** Forgets the history and all unfinished lists, as etcd's compaction does: older watches and pages expire. */
  compact(): void {
    this.#history = [];
    this.#compacted = this.#resourceVersion;
    this.#snapshots.clear();
  }

  #of(resource: ResourceName): Map<string, KubernetesObject> {
    let objects = this.#objects.get(resource);
    if (objects === undefined) {
      objects = new Map();
      this.#objects.set(resource, objects);
    }
    return objects;
  }

  #commit(event: StoreEvent): KubernetesObject {
    const { resource, type, object } = event;
    this.#resourceVersion += 1;
    object.metadata.resourceVersion = this.resourceVersion;
    deepFreeze(object);
    const key = keyOf(object.metadata.name, object.metadata.namespace);
    if (type === 'DELETED') this.#of(resource).delete(key);
    else this.#of(resource).set(key, object);
    this.#sorted.delete(resource);
    this.#record(event);
    this.#deliver(event);
    return object;
  }

  #record(event: StoreEvent): void {
    this.#history.push(event);
    // Trimming in large steps keeps the cost per event constant.
    if (this.#history.length > this.#historyLimit * 1.25 + 8) {
      const dropped = this.#history.length - this.#historyLimit;
      this.#history = this.#history.slice(dropped);
      this.#compacted += dropped;
    }
  }

  #deliver(event: StoreEvent): void {
    this.#queue.push(event);
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        for (const listener of [...this.#listeners]) {
          listener(next.resource, next.type, next.object, next.previous);
        }
      }
    } finally {
      this.#delivering = false;
    }
  }

  #snapshot(resource: ResourceName): Snapshot {
    let items = this.#sorted.get(resource);
    if (items === undefined) {
      const entries = [...this.#of(resource)].sort(([a], [b]) => (a < b ? -1 : 1));
      items = entries.map(([, object]) => object);
      this.#sorted.set(resource, items);
    }
    return { items, resourceVersion: this.#resourceVersion };
  }

  #retain(resource: ResourceName, snapshot: Snapshot): void {
    const key = `${resource}@${String(snapshot.resourceVersion)}`;
    this.#snapshots.delete(key);
    this.#snapshots.set(key, snapshot);
    const [oldest] = this.#snapshots.keys();
    if (this.#snapshots.size > SNAPSHOT_LIMIT && oldest !== undefined) {
      this.#snapshots.delete(oldest);
    }
  }

  #resume(resource: ResourceName, token: PageToken): Snapshot {
    const snapshot = this.#snapshots.get(`${resource}@${String(token.resourceVersion)}`);
    if (snapshot === undefined) throw new StoreConflict('Expired', EXPIRED_TOKEN_MESSAGE);
    return snapshot;
  }
}

/** kubernetes@v1.34.4:staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go (OptimisticLockErrorMsg). */
const CONFLICT_MESSAGE =
  'the object has been modified; please apply your changes to the latest version and try again';

/** kubernetes@v1.34.4:staging/src/k8s.io/apiserver/pkg/storage/etcd3/errors.go (continueExpired). */
const EXPIRED_TOKEN_MESSAGE =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.';

interface PageToken {
  resourceVersion: number;
  offset: number;
}

function formatToken(resourceVersion: number, offset: number): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: resourceVersion, offset })).toString(
    'base64url',
  );
}

function parseToken(token: string): PageToken {
  const match = /^\{"v":"meta\.k8s\.io\/v1","rv":(\d+),"offset":(\d+)\}$/.exec(
    Buffer.from(token, 'base64url').toString(),
  );
  if (match === null) throw new StoreConflict('Expired', EXPIRED_TOKEN_MESSAGE);
  return { resourceVersion: Number(match[1]), offset: Number(match[2]) };
}

function keyOf(name: string, namespace: string | undefined): string {
  return `${namespace ?? ''}/${name}`;
}

function rfc3339(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

function carryOver(previous: KubernetesObject, next: KubernetesObject): void {
  for (const field of ['uid', 'resourceVersion', 'creationTimestamp'] as const) {
    const value = previous.metadata[field];
    if (value !== undefined) next.metadata[field] = value;
  }
  const { generation } = previous.metadata;
  if (generation === undefined) return;
  const changed = !isDeepStrictEqual(next['spec'], previous['spec']);
  next.metadata.generation = changed ? generation + 1 : generation;
}

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
}
