// SPDX-License-Identifier: Apache-2.0

import { type Command, InvalidArgumentError } from 'commander';

import { addMendFlags } from '../fix/fix-flags.ts';
import { durationFrom } from '../flag-values.ts';
import type { Io } from '../io.ts';
import { METRICS_SERVER_IMAGE } from './metrics-server.ts';
import type { InstallFlags } from './run-install.ts';

/** Adds `selvage install metrics-server`. */
export function addInstall(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const command = program
    .command('install')
    .description('install what looking at a cluster needs, with consent')
    .command('metrics-server')
    .description('install metrics-server, so that kubectl top works; needs an administrator')
    .option('--image <image>', 'image to run', image, METRICS_SERVER_IMAGE)
    .option(
      '--kubelet-insecure-tls',
      'take any certificate from kubelets: where they sign their own',
    )
    .option(
      '--wait <duration>',
      'how long the first metric may take; default 3m',
      durationFrom(1000),
    )
    .action(async (flags: InstallFlags) => {
      const { runInstall } = await import('./run-install.ts');
      finish(await runInstall(flags, io));
    });
  addMendFlags(command);
}

function image(value: string): string {
  if (/^[a-z0-9][-.:/_@a-z0-9A-Z]{0,500}$/.test(value)) return value;
  throw new InvalidArgumentError('An image is a name with a tag or digest.');
}
