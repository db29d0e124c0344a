// SPDX-License-Identifier: Apache-2.0

import type { ContainerGroup } from '../container-groups.ts';
import { COMPONENTS, type ComponentName } from '../known-components.ts';

/** What a recommendation is asked for. */
export type RecommendTarget =
  | { readonly component: ComponentName }
  | {
      readonly component?: undefined;
      readonly namespace?: string;
      /** In lower case: `deployment`. */
      readonly kind?: string;
      readonly name: string;
    };

/** kubectl's short names of the kinds that make pods. */
const KINDS: Readonly<Record<string, string>> = {
  deployment: 'deployment',
  deploy: 'deployment',
  daemonset: 'daemonset',
  ds: 'daemonset',
  statefulset: 'statefulset',
  sts: 'statefulset',
  replicaset: 'replicaset',
  rs: 'replicaset',
  cronjob: 'cronjob',
  cj: 'cronjob',
  job: 'job',
  pod: 'pod',
  node: 'node',
};

const NAME = /^[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?$/;

/**
 * Reads `flannel`, `web`, `shop/web`, `deploy/web` or `shop/deployment/web`; undefined for anything else. A first of
 * two parts that is a kind is taken for the kind.
 */
export function parseTarget(text: string): RecommendTarget | undefined {
  const component = COMPONENTS.find((each) => each === text);
  if (component !== undefined) return { component };
  const parts = text.split('/');
  const [name, before, first] = parts.toReversed();
  if (name === undefined || parts.length > 3 || !parts.every((part) => isName(part))) {
    return undefined;
  }
  const kind = before === undefined ? undefined : kindOf(before);
  // Operators have kinds of their own.
  if (first !== undefined)
    return { namespace: first, kind: kind ?? (before ?? '').toLowerCase(), name };
  if (kind !== undefined) return { kind, name };
  return before === undefined ? { name } : { namespace: before, name };
}

function isName(part: string): boolean {
  return NAME.test(part.toLowerCase());
}

function kindOf(text: string): string | undefined {
  const lower = text.toLowerCase();
  return Object.hasOwn(KINDS, lower) ? KINDS[lower] : undefined;
}

/** The groups that a target means. Init containers are left out: nobody measures what is over in a moment. */
export function groupsOf(
  groups: readonly ContainerGroup[],
  target: RecommendTarget,
): readonly ContainerGroup[] {
  return groups.filter((group) => group.role !== 'init' && isMeant(group, target));
}

function isMeant(
  { namespace, workload, component }: ContainerGroup,
  target: RecommendTarget,
): boolean {
  if (target.component !== undefined) return component === target.component;
  return (
    workload.name === target.name &&
    (target.namespace === undefined || target.namespace === namespace) &&
    (target.kind === undefined || target.kind === workload.kind.toLowerCase())
  );
}

/** The workloads of some groups as they are asked for: `shop/deployment/web`, each once. */
export function workloadNames(groups: readonly ContainerGroup[]): readonly string[] {
  const names = groups.map(
    ({ namespace, workload }) => `${namespace}/${workload.kind.toLowerCase()}/${workload.name}`,
  );
  return [...new Set(names)];
}
