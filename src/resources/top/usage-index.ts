// SPDX-License-Identifier: Apache-2.0

import type {
  ContainerInventory,
  ContainerUsage,
  PodInventory,
  UsePicture,
} from '#model/resources.ts';

/** Usage by `namespace/pod/container`, and why it may be missing. */
export interface UsageIndex {
  readonly of: ReadonlyMap<string, ContainerUsage>;
  /** Why a node's usage could not be read, by node. */
  readonly missing: ReadonlyMap<string, string>;
  /** There is no usage at all. */
  readonly isAbsent: boolean;
}

/** Makes the usage of a picture findable. */
export function usageByContainer({ usage }: UsePicture): UsageIndex {
  if (usage.state === 'absent') return { of: new Map(), missing: new Map(), isAbsent: true };
  const { containers, missing } = usage.value;
  return {
    of: new Map(
      containers.map((each) => [`${each.namespace}/${each.pod}/${each.container}`, each]),
    ),
    missing: new Map(missing.map(({ node, why }) => [node, why])),
    isAbsent: false,
  };
}

/** Why a container has no usage; one sentence. */
export function whyUnmeasured(
  { missing, isAbsent }: UsageIndex,
  { node }: PodInventory,
  { state, reason }: ContainerInventory,
): string {
  if (isAbsent) return 'Usage is not known.';
  if (node === undefined) return 'It is on no node yet.';
  if (state !== 'running') return `It does not run${reason === undefined ? '' : ` (${reason})`}.`;
  const why = missing.get(node);
  return why === undefined
    ? 'It was not measured yet: a new container takes up to a minute.'
    : `Its node has no usage: ${why}`;
}
