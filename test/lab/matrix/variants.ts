// SPDX-License-Identifier: Apache-2.0

import { faultCases, impossibleFaults } from '../fault-cases.ts';
import type { FaultCase, ImpossibleFault } from '../fault-cases.ts';
import { LAYOUTS, layoutOptions } from '../layouts.ts';
import type { Layout } from '../layouts.ts';
import type { Blindness } from './blindness.ts';
import { PAIR_CASES } from './pair-cases.ts';
import { buildCases } from './build-cases.ts';
import type { Build } from './build-cases.ts';

/** One kind of lab, and what is shown in it beside its health. */
export interface Variant {
  /** As `--layout` takes it, e.g. `talos` or `talos nftables`. */
  readonly name: string;
  /** Options of `lab up`. */
  readonly options: readonly string[];
  readonly cases: readonly FaultCase[];
  readonly impossible: readonly ImpossibleFault[];
  /** What cannot be read there; absent: all can. */
  readonly blind?: Blindness;
}

/** BusyBox shows neither forwarding entries nor what is particular to vxlan links. */
const BLIND_TO_FDB: Blindness = {
  ofPairs: true,
  checks: ['fdb-entry-missing', 'fdb-entry-stale', 'fdb-entry-wrong'],
};

const OF_BUSYBOX: Readonly<Partial<Record<Layout, Blindness>>> = {
  vxlan: BLIND_TO_FDB,
  talos: BLIND_TO_FDB,
};

const BUILDS: Readonly<Record<Build, readonly string[]>> = {
  'v0.28.4': ['--flannel-version', 'v0.28.4'],
  'v0.26.7': ['--flannel-version', 'v0.26.7'],
  nftables: ['--nftables', '--proxy-mode', 'nftables'],
  busybox: ['--flannel-image', 'busybox'],
};

function variantOf(layout: Layout): Variant {
  return {
    name: layout,
    options: layoutOptions(layout),
    cases: [...faultCases(layout), ...(layout === 'vxlan' ? PAIR_CASES : [])],
    impossible: impossibleFaults(layout),
  };
}

function builtVariantOf(layout: Layout, build: Build): Variant {
  const blind = OF_BUSYBOX[layout];
  return {
    name: `${layout} ${build}`,
    options: [...layoutOptions(layout), ...BUILDS[build]],
    cases: buildCases(layout, build),
    impossible: [],
    ...(build === 'busybox' && blind !== undefined && { blind }),
  };
}

/** Every kind of lab: each layout with the newest flannel and all faults, then with other builds of flannel. */
export const VARIANTS: readonly Variant[] = [
  ...LAYOUTS.map(variantOf),
  ...LAYOUTS.flatMap((layout) =>
    (Object.keys(BUILDS) as Build[]).map((build) => builtVariantOf(layout, build)),
  ),
];
