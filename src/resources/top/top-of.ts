// SPDX-License-Identifier: Apache-2.0

import type { Fact } from '#model/fact.ts';
import type { CgroupUsage, PodInventory, UsePicture } from '#model/resources.ts';
import { usageAccount } from '../usage-age.ts';
import { containerRows, type PlainRow } from './container-rows.ts';
import { imbalancesOf } from './imbalance.ts';
import { nodeRows } from './node-rows.ts';
import { podRows } from './pod-rows.ts';
import {
  TOP_SCHEMA_VERSION,
  type TopKind,
  type TopOrder,
  type TopReport,
  type TopRow,
} from './top-report.ts';

/** What to list, and how. */
export interface TopOptions {
  readonly kind: TopKind;
  readonly order: TopOrder;
  /** Ratio above which use is marked. */
  readonly threshold: number;
  /** Most rows; absent: all. */
  readonly top?: number | undefined;
  /** UIDs of the pods to list; absent: all. */
  readonly only?: ReadonlySet<string> | undefined;
  /** What containers' own cgroup files told. */
  readonly cgroups?: readonly CgroupUsage[] | undefined;
}

/** Lists who uses how much of what it may use. */
export function topOf(picture: UsePicture, options: TopOptions): TopReport {
  const { kind, order, threshold, top } = options;
  const plain = rowsOf(picture, options);
  const rows = plain.map((row) => marked(row, threshold)).sort(comparison(order));
  const shown = rows.slice(0, top ?? rows.length);
  return {
    schemaVersion: TOP_SCHEMA_VERSION,
    kind,
    readAt: picture.readAt,
    usage: usageAccount(picture),
    order,
    threshold,
    rows: shown,
    leftOut: rows.length - shown.length,
    above: rows.filter(({ above }) => above.length > 0).length,
    imbalances: kind === 'nodes' ? imbalancesOf(plain) : [],
    unknown: [...unknownOf('Nodes', picture.nodes), ...unknownOf('Pods', picture.pods)],
  };
}

function rowsOf(picture: UsePicture, options: TopOptions): readonly PlainRow[] {
  const { kind, only, cgroups = [] } = options;
  if (kind === 'nodes') return nodeRows(picture);
  const all: readonly PodInventory[] = picture.pods.state === 'observed' ? picture.pods.value : [];
  const pods = only === undefined ? all : all.filter(({ uid }) => only.has(uid));
  const containers = containerRows(picture, pods, cgroups);
  return kind === 'pods' ? podRows(pods, containers) : containers;
}

function marked(row: PlainRow, threshold: number): TopRow {
  const above = (['memory', 'cpu'] as const).filter(
    (resource) => (row[resource].ratio ?? 0) > threshold,
  );
  return { ...row, above };
}

/** The greatest first; what is not known last; equal ones by name. */
function comparison(order: TopOrder): (a: TopRow, b: TopRow) => number {
  return (a, b) => {
    const difference = valueOf(b, order) - valueOf(a, order);
    if (difference !== 0 && !Number.isNaN(difference)) return difference;
    return nameOf(a) < nameOf(b) ? -1 : 1;
  };
}

function valueOf({ memory, cpu }: TopRow, order: TopOrder): number {
  if (order === 'limit') return Math.max(memory.ratio ?? -1, cpu.ratio ?? -1);
  return (order === 'memory' ? memory : cpu).used ?? -1;
}

function nameOf({ namespace = '', name, container = '' }: TopRow): string {
  return `${namespace}/${name}/${container}`;
}

function unknownOf(what: string, fact: Fact<unknown>): readonly string[] {
  return fact.state === 'absent' ? [`${what} could not be listed: ${fact.detail}`] : [];
}
