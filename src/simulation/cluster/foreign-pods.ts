// SPDX-License-Identifier: Apache-2.0
import type { KubernetesObject, WatchEventType } from '#simulation/store.ts';
import type { ClusterContext } from './cluster-context.ts';
import { timestamp } from './node-object.ts';
import { podStatus } from './pod-objects.ts';

interface PodSpec {
  readonly nodeName?: string;
  readonly hostNetwork?: boolean;
  readonly activeDeadlineSeconds?: number;
  readonly containers: readonly { readonly image: string; readonly imagePullPolicy?: string }[];
}

/**
 * The kubelets' part for pods that users create on a node by its name, in the host's network: they start at once, when
 * the node has power and the image is there or may be pulled.
 */
export class ForeignPods {
  readonly #context: ClusterContext;

  constructor(context: ClusterContext) {
    this.#context = context;
  }

  /** Reacts to a change in the store. */
  handle(resource: string, type: WatchEventType, object: KubernetesObject): void {
    if (resource !== 'pods' || type !== 'ADDED' || !isNew(object)) return;
    const { nodeName = '', hostNetwork } = object['spec'] as PodSpec;
    const machine = this.#context.nodes.get(nodeName);
    if (machine?.powered === true && hostNetwork === true) this.#start(object, nodeName);
  }

  #start(object: KubernetesObject, node: string): void {
    const { containers, activeDeadlineSeconds } = object['spec'] as PodSpec;
    const [container] = containers;
    if (container?.imagePullPolicy === 'Never' && !this.#hasImage(node, container.image)) {
      this.#setStatus(object, this.#withoutImage(object));
      return;
    }
    this.#setStatus(object, this.#running(object));
    if (activeDeadlineSeconds === undefined) return;
    this.#context.clock.after(activeDeadlineSeconds * 1000, () => {
      this.#setStatus(object, { phase: 'Failed', reason: 'DeadlineExceeded' });
    });
  }

  #hasImage(node: string, image: string): boolean {
    const object = this.#context.store.get('nodes', node);
    const status = object?.['status'] as { images?: readonly { names: readonly string[] }[] };
    return (status.images ?? []).some(({ names }) => names.includes(image));
  }

  #running(object: KubernetesObject): Record<string, unknown> {
    const { clock, random } = this.#context;
    const { name, namespace = '', uid = '', labels = {} } = object.metadata;
    const spec = object['spec'] as Record<string, unknown>;
    const node = String(spec['nodeName']);
    const hostIp = this.#context.nodes.get(node)?.options.address ?? '';
    const life = { state: 'running', startedAt: clock.now(), restartCount: 0 } as const;
    const place = { name, namespace, uid, labels, node, hostIp, podIp: hostIp };
    return podStatus({
      ...place,
      spec,
      createdAt: clock.now(),
      life,
      containerId: random.hex(64),
    });
  }

  #withoutImage(object: KubernetesObject): Record<string, unknown> {
    const running = this.#running(object);
    const [status] = running['containerStatuses'] as readonly Record<string, unknown>[];
    const message = 'Container image is not present with pull policy of Never';
    const state = { waiting: { reason: 'ErrImageNeverPull', message } };
    const waiting = { ...status, ready: false, started: false, state };
    return {
      phase: 'Pending',
      startTime: timestamp(this.#context.clock.now()),
      containerStatuses: [waiting],
    };
  }

  #setStatus(object: KubernetesObject, status: Record<string, unknown>): void {
    const { store } = this.#context;
    const { name, namespace } = object.metadata;
    const current = store.get('pods', name, namespace);
    if (current === undefined || current.metadata.uid !== object.metadata.uid) return;
    store.update('pods', { ...current, status });
  }
}

/** A pod as the API server stores it at its creation. */
function isNew(object: KubernetesObject): boolean {
  const status = object['status'] as { phase?: string; containerStatuses?: unknown } | undefined;
  return status?.phase === 'Pending' && status.containerStatuses === undefined;
}
