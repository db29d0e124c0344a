// SPDX-License-Identifier: Apache-2.0

import type { NodeCollector } from '#collectors/define-collector.ts';
import { commands } from '#collectors/kernel/collectors.ts';
import { ranSection } from '#collectors/kernel/node-sections.ts';
import { parseCniConfig } from '#sources/linux/parse-cni-config.ts';

/**
 * Reads which CNI configurations the node has, and which plug-ins they name. Flannel's own manifest mounts the directory
 * into its init container alone; calico-node has it, and so has whoever mounts it.
 */
export const cniConfigCollector: NodeCollector<'cniConfig'> = {
  scope: 'node',
  fact: 'cniConfig',
  reads: commands('cni-files', 'cni-plugins'),
  // grep ends with 1 when no file matches, and with 2 when there is none.
  collect: (sections) =>
    parseCniConfig(
      ranSection(sections, 'cni-files').stdout,
      ranSection(sections, 'cni-plugins').stdout,
    ),
};
