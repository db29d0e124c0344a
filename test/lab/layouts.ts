// SPDX-License-Identifier: Apache-2.0

/** Kinds of lab that differ in what flannel keeps in the kernel, or in how it is deployed. */
export const LAYOUTS = ['vxlan', 'host-gw', 'talos'] as const;

/** `vxlan` and `host-gw` have the upstream manifest; `talos` has vxlan on port 4789 and no probes. */
export type Layout = (typeof LAYOUTS)[number];

const OPTIONS: Readonly<Record<Layout, readonly string[]>> = {
  vxlan: [],
  'host-gw': ['--backend', 'host-gw'],
  talos: ['--layout', 'talos'],
};

/** Options of `lab up` for a layout. */
export function layoutOptions(layout: Layout): readonly string[] {
  return OPTIONS[layout];
}
