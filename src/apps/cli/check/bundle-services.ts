// SPDX-License-Identifier: Apache-2.0

import { printableText } from '#render/terminal/printable-text.ts';
import { SourceError } from '#sources/source-error.ts';

import type { Io } from '../io.ts';
import type { CheckServices } from './run-check.ts';

/**
 * The services for a bundle: its snapshot stands for the cluster, and nothing but the file is read. Who took it when
 * is told on standard error, for what it says is no news.
 */
export function bundleServices(file: string, { stderr }: Io): CheckServices {
  return {
    async collect(_, { nodes = [], signal }) {
      const { readBundle } = await import('#sources/bundle/read-bundle.ts');
      const { manifest, snapshot } = await readBundle(file, signal);
      const known = snapshot.cluster.nodes;
      const missing = nodes.find(
        (name) => known.state === 'observed' && !known.value.some((node) => node.name === name),
      );
      if (missing !== undefined) {
        throw new SourceError('not-found', {
          operation: 'select nodes',
          target: `node ${missing}`,
        });
      }
      const { tool } = manifest;
      const taken = `From the bundle ${file}, read ${snapshot.finishedAt} by ${tool.name} ${tool.version}.`;
      stderr.write(`${printableText(taken)}\n`);
      return snapshot;
    },
  };
}
