// SPDX-License-Identifier: Apache-2.0

import type { NodeObject, PodObject } from '#model/cluster.ts';
import {
  type FlannelDiscovery,
  flannelOfPods,
  flannelOfSets,
} from '#collectors/flannel/find-flannel.ts';
import type { DebugPodRequest } from '#collectors/node-way.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import { type DaemonSet, projectDaemonSet } from '#sources/kubernetes/objects/daemon-set.ts';
import { type ProjectedNode, projectNode } from '#sources/kubernetes/objects/node.ts';
import {
  type PodWithTemplate,
  projectPod,
  projectPodWithTemplate,
} from '#sources/kubernetes/objects/pod.ts';
import { isSourceError } from '#sources/source-error.ts';

/** Namespaces where flannel usually lives: looked into when pods of all namespaces may not be listed. */
const LIKELY_NAMESPACES: readonly string[] = ['kube-flannel', 'kube-system'];

/** Where somebody says that Flannel is. */
export interface FlannelPlace {
  /** Namespace of its pods. */
  readonly namespace?: string;
  /** Label selector of its pods. */
  readonly selector?: string;
}

/** What of the caller's wishes bears on reading the API. */
export interface ReaderOptions {
  /** Where Flannel is; absent: it is looked for everywhere, by what runs in pods. */
  readonly flannel?: FlannelPlace | undefined;
  /** Leave to make pods: its rights are asked for then. */
  readonly debugPods?: DebugPodRequest | undefined;
}

/** Reads of the API that several collectors of one run share: each is made once. */
export class ClusterReader {
  readonly connection: KubernetesConnection;
  readonly signal: AbortSignal;
  readonly options: ReaderOptions;
  readonly #shared = new Map<string, Promise<unknown>>();

  constructor(connection: KubernetesConnection, signal: AbortSignal, options: ReaderOptions = {}) {
    this.connection = connection;
    this.signal = signal;
    this.options = options;
  }

  /** All Nodes, in the API server's order, which is by name. @throws SourceError */
  nodes(): Promise<readonly NodeObject[]> {
    return this.#once('nodes', async () => (await this.projectedNodes()).map(({ node }) => node));
  }

  /** The same Nodes, with what of them does not go into the snapshot. @throws SourceError */
  projectedNodes(): Promise<readonly ProjectedNode[]> {
    return this.#once('projectedNodes', () => this.#list('nodes', '/api/v1/nodes', projectNode));
  }

  /** All Nodes as they are now. @throws SourceError */
  async nodesAgain(): Promise<readonly NodeObject[]> {
    const projected = await this.#list('nodes', '/api/v1/nodes', projectNode);
    return projected.map(({ node }) => node);
  }

  /**
   * Flannel's DaemonSets, or, when those may not be listed, its pods; undefined when there are none.
   *
   * @throws SourceError
   */
  flannel(): Promise<FlannelDiscovery | undefined> {
    return this.#once('flannel', () => this.#findFlannel());
  }

  /** Flannel's pods; empty when no workload was found. @throws SourceError */
  flannelPods(): Promise<readonly PodObject[]> {
    return this.#once('flannelPods', async () => {
      const found = await this.flannel();
      if (found === undefined) return [];
      if (found.pods !== undefined) return found.pods;
      const { namespace, container } = found.workload;
      const lists = await Promise.all(
        found.podSelectors.map((labels) => this.podsOf(namespace, labels)),
      );
      const byUid = new Map(lists.flat().map((pod) => [pod.uid, pod]));
      return [...byUid.values()].filter((pod) =>
        pod.containers.some(({ name }) => name === container),
      );
    });
  }

  /** Pods of a namespace with all of some labels. @throws SourceError */
  podsOf(
    namespace: string,
    labels: Readonly<Record<string, string>>,
  ): Promise<readonly PodObject[]> {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
    return this.#list(`pods in ${namespace}`, path, projectPod, labelSelector(labels));
  }

  /** Reads a list whose projection nobody else needs. @throws SourceError */
  list<T>(
    what: string,
    path: string,
    project: (item: unknown) => T | undefined,
    labels: Readonly<Record<string, string>> = {},
  ): Promise<readonly T[]> {
    return this.#list(what, path, project, labelSelector(labels));
  }

  async #findFlannel(): Promise<FlannelDiscovery | undefined> {
    const { namespace, selector } = this.options.flannel ?? {};
    if (selector !== undefined) return this.#findSelected(selector);
    try {
      return flannelOfSets(await this.#daemonSets(namespace));
    } catch (error) {
      if (!isSourceError(error, 'forbidden')) throw error;
      return flannelOfPods(await this.#flannelCandidates(error));
    }
  }

  /** The pods that a selector names, whatever runs in them, with what their DaemonSets say, if these may be listed. */
  async #findSelected(selector: string): Promise<FlannelDiscovery | undefined> {
    const path = podsPath(this.options.flannel?.namespace);
    const pods = await this.#list('pods', path, projectPodWithTemplate, selector);
    const [first] = pods;
    const found = flannelOfPods(pods, 'whatever it is');
    if (first === undefined || found === undefined) return undefined;
    const owners = new Set(pods.map(({ daemonSet }) => daemonSet));
    const sets = await this.#daemonSets(first.pod.namespace).catch((error: unknown) => {
      if (!isSourceError(error, 'forbidden')) throw error;
      return [];
    });
    const owning = flannelOfSets(
      sets.filter(({ name }) => owners.has(name)),
      'whatever it is',
    );
    return owning === undefined ? found : { ...owning, pods: found.pods ?? [] };
  }

  #daemonSets(namespace: string | undefined): Promise<readonly DaemonSet[]> {
    const within = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
    return this.#list('daemonsets', `/apis/apps/v1${within}/daemonsets`, projectDaemonSet);
  }

  /** @param refusal what to throw when pods may not be listed either */
  async #flannelCandidates(refusal: unknown): Promise<readonly PodWithTemplate[]> {
    const onlyFlannel = (item: unknown): PodWithTemplate | undefined => {
      const candidate = projectPodWithTemplate(item);
      return candidate && flannelOfPods([candidate]) ? candidate : undefined;
    };
    const { namespace } = this.options.flannel ?? {};
    try {
      return await this.#list('pods', podsPath(namespace), onlyFlannel);
    } catch (error) {
      if (!isSourceError(error, 'forbidden')) throw error;
    }
    const likely = namespace === undefined ? LIKELY_NAMESPACES : [];
    const lists = await Promise.allSettled(
      likely.map((each) => this.#list(`pods in ${each}`, podsPath(each), onlyFlannel)),
    );
    const read = lists.flatMap((list) => (list.status === 'fulfilled' ? [list.value] : []));
    if (read.length === 0) throw refusal;
    return read.flat();
  }

  #list<T>(
    what: string,
    path: string,
    project: (item: unknown) => T | undefined,
    selector = '',
  ): Promise<readonly T[]> {
    const query = selector === '' ? {} : { labelSelector: selector };
    return this.connection.list(
      { path, query, operation: `list ${what}`, signal: this.signal },
      project,
    );
  }

  #once<T>(name: string, read: () => Promise<T>): Promise<T> {
    // One name always stands for one type: only the methods above call this.
    const known = this.#shared.get(name) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const reading = read();
    this.#shared.set(name, reading);
    return reading;
  }
}

function podsPath(namespace: string | undefined): string {
  const within = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `/api/v1${within}/pods`;
}

function labelSelector(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
