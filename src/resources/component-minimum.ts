// SPDX-License-Identifier: Apache-2.0

import { MEBIBYTE } from './amount-text.ts';
import type { ComponentName } from './known-components.ts';

/** How large a cluster is, as far as it is known. */
export interface ClusterSize {
  readonly nodes: number;
  readonly pods: number;
}

/** The least memory limit under which a component is known to live, and how the runbook's figure compares. */
export interface ComponentMinimum {
  /** Below it a limit is more likely to kill than to protect. */
  readonly bytes: number;
  /** Whole sentences. */
  readonly reason: string;
  /** What the runbook recommends, bytes. */
  readonly runbookBytes: number;
  /** Why that is not what we say, whole sentences; absent where we agree. */
  readonly disagreement?: string;
}

/**
 * What flanneld holds for each node while it starts, bytes: the Node object as decoded, and once more in the answer to
 * its list. An estimate: a Node of a busy machine has 15 kB.
 */
const FLANNEL_NODE_BYTES = 64 * 1024;

/** MB of CoreDNS beside what its pods and Services take: 30 of a full cache, 5 for queries, the rest its own. */
const CORE_DNS_BASE_MB = 54;
const CORE_DNS_NAMES_PER_MB = 1000;
/** A guide measured on one cloud is no bound. */
const CORE_DNS_MARGIN = 1.25;

const METRICS_SERVER_BASE = 64 * MEBIBYTE;
const METRICS_SERVER_NODE_BYTES = 2 * MEBIBYTE;
/** Up to so many nodes metrics-server's own manifest asks for 200Mi. */
const METRICS_SERVER_MANIFEST_NODES = 68;

/** What flanneld's peers add to its memory while it starts, bytes; an estimate. */
export function flannelPeerBytes({ nodes }: ClusterSize): number {
  return Math.max(0, nodes - 1) * FLANNEL_NODE_BYTES;
}

/** The minimum of a component in a cluster of a size. */
export function componentMinimum(component: ComponentName, size: ClusterSize): ComponentMinimum {
  switch (component) {
    case 'flannel':
      return {
        bytes: 128 * MEBIBYTE + flannelPeerBytes(size),
        reason:
          'Limits of 50Mi, which its manifest had up to v0.20.2, got flanneld killed on many clusters, and 128Mi ended that on most: the iptables processes that it starts count too.',
        runbookBytes: 2048 * MEBIBYTE,
        disagreement:
          'The runbook sets 2Gi. An idle flanneld takes about 10 MiB, and no cluster is known where it needs gigabytes unless it leaks; its manifest has had no limit since v0.21.0, because a limit can only kill it.',
      };
    case 'coredns':
      return {
        bytes: coreDnsBytes(size),
        reason:
          'By its scaling guide it takes 54 MB, of which 30 are a full cache, and 1 MB for every 1,000 pods and Services; here with a quarter on top, and Services not counted.',
        runbookBytes: 512 * MEBIBYTE,
        disagreement:
          'The runbook raises it to 512Mi. The 170Mi of its manifest are enough for 100,000 pods and Services unless the plugin autopath is used, which takes four times as much for each.',
      };
    case 'kube-proxy':
      return {
        bytes: 128 * MEBIBYTE,
        reason:
          'It holds all Services and their endpoints, and the iptables-restore that it starts to load their rules counts too.',
        runbookBytes: 128 * MEBIBYTE,
      };
    case 'metrics-server':
      return {
        bytes: METRICS_SERVER_BASE + size.nodes * METRICS_SERVER_NODE_BYTES,
        reason: 'It takes 2 MB for each node, by its own documentation, beside its own 64 MiB.',
        runbookBytes: 200 * MEBIBYTE,
        ...(size.nodes > METRICS_SERVER_MANIFEST_NODES && {
          disagreement:
            'The runbook finds 200Mi adequate. That is so for up to 68 nodes, and this cluster has more.',
        }),
      };
  }
}

function coreDnsBytes({ pods }: ClusterSize): number {
  const megabytes = (CORE_DNS_BASE_MB + pods / CORE_DNS_NAMES_PER_MB) * CORE_DNS_MARGIN;
  return Math.ceil((megabytes * 1_000_000) / MEBIBYTE) * MEBIBYTE;
}

/** How a component comes without anybody's doing, for what is therefore no fault; whole sentences. */
export const AS_SHIPPED: Readonly<Record<ComponentName, string>> = {
  flannel:
    'Flannel ships without a limit since v0.21.0, and Talos, k3s and RKE2 never had one: as it should be.',
  coredns: 'Some distributions ship CoreDNS without a limit.',
  'kube-proxy': 'kubeadm ships kube-proxy without requests and limits.',
  'metrics-server': 'metrics-server ships with requests and without a limit.',
};
