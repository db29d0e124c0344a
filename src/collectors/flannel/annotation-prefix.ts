// SPDX-License-Identifier: Apache-2.0

import type { NodeObject } from '#model/cluster.ts';
import { flannelFlag } from '#collectors/flannel/flannel-container.ts';
import type { ContainerSpec } from '#sources/kubernetes/objects/pod-template.ts';
import { nonEmpty } from '#sources/plain-text.ts';

/** What flanneld takes when `--kube-annotation-prefix` is not given. */
export const DEFAULT_ANNOTATION_PREFIX = 'flannel.alpha.coreos.com';

const MANAGER = 'kube-subnet-manager';

/** The prefix that a container's flag or environment names; undefined when none does. */
export function explicitAnnotationPrefix(container: ContainerSpec): string | undefined {
  return nonEmpty(flannelFlag(container, 'kube-annotation-prefix'));
}

/**
 * The prefix that most nodes' annotations have, in the form of the flag; undefined when no node has flannel's
 * annotations. Inverts flannel's joining rule: without a slash one is put between prefix and name, otherwise a dash
 * unless the prefix ends in either (flannel@v0.28.9:pkg/subnet/kube/annotations.go, newAnnotations).
 */
export function observedAnnotationPrefix(nodes: readonly NodeObject[]): string | undefined {
  const votes = new Map<string, number>();
  for (const node of nodes) {
    for (const key of Object.keys(node.flannelAnnotations)) {
      if (!key.endsWith(MANAGER)) continue;
      const prefix = prefixOf(key.slice(0, -MANAGER.length));
      votes.set(prefix, (votes.get(prefix) ?? 0) + 1);
    }
  }
  const [best] = [...votes].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return best?.[0];
}

function prefixOf(joined: string): string {
  if (joined.indexOf('/') === joined.length - 1) return joined.slice(0, -1);
  return joined.endsWith('-') ? joined.slice(0, -1) : joined;
}
