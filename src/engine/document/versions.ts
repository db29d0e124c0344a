// SPDX-License-Identifier: Apache-2.0

import type { NodeObject } from '#model/cluster.ts';
import type { DocumentVersion, DocumentWorkload } from '#report/cluster-document.ts';

const OF_NODES = [
  ['kubelet', 'kubeletVersion'],
  ['container runtime', 'containerRuntimeVersion'],
  ['operating system', 'osImage'],
  ['kernel', 'kernelVersion'],
] as const;

/** Every version that runs: of the API server, of the nodes' programs, and the images of the known workloads. */
export function versionsOf(
  server: string | undefined,
  nodes: readonly NodeObject[],
  workloads: readonly DocumentWorkload[],
): readonly DocumentVersion[] {
  return [
    ...(server === undefined ? [] : [{ component: 'API server', version: server, nodes: [] }]),
    ...OF_NODES.flatMap(([component, field]) =>
      byVersion(nodes, field).map(([version, names]) => ({ component, version, nodes: names })),
    ),
    ...workloads.flatMap(({ purpose, containers }) =>
      [...new Set(containers.map(({ image }) => image))].map((image) => ({
        component: `image of ${purpose}`,
        version: image,
        nodes: [],
      })),
    ),
  ];
}

function byVersion(
  nodes: readonly NodeObject[],
  field: (typeof OF_NODES)[number][1],
): readonly (readonly [string, readonly string[]])[] {
  const versions = new Map<string, string[]>();
  for (const node of nodes) {
    const version = node[field];
    if (version === '') continue;
    versions.set(version, [...(versions.get(version) ?? []), node.name]);
  }
  return [...versions].sort(([a], [b]) => (a < b ? -1 : 1));
}
