// SPDX-License-Identifier: Apache-2.0

import { type Command, InvalidArgumentError, Option } from 'commander';

import {
  isTimeZoneName,
  KUBECTL_IMAGE,
  METRICS_SERVER_IMAGE,
  scheduleRefusal,
  WEEKLY,
} from '#engine/mend/installable.ts';

import { epilogue } from '../epilogue.ts';
import { addMendFlags } from '../fix/fix-flags.ts';
import { durationFrom } from '../flag-values.ts';
import type { Io } from '../io.ts';
import { addTrendSource } from '../trend/trend-source.ts';

import type { MetricsServerFlags } from './run-metrics-server.ts';
import type { ScheduledRestartFlags } from './run-scheduled-restart.ts';

/** Adds `selvage install` with what it can install. */
export function addInstall(program: Command, io: Io, finish: Finish): void {
  const install = program
    .command('install')
    .description('install what looking after a cluster needs, with consent');
  addMetricsServer(install, io, finish);
  addScheduledRestart(install, io, finish);
}

type Finish = (exitCode: number) => void;

function addMetricsServer(install: Command, io: Io, finish: Finish): void {
  const command = install
    .command('metrics-server')
    .description('install metrics-server, so that kubectl top works; needs an administrator')
    .addOption(
      new Option('--image <image>', 'image to run')
        .argParser(image)
        .default(METRICS_SERVER_IMAGE, imageText(METRICS_SERVER_IMAGE)),
    )
    .option(
      '--kubelet-insecure-tls',
      'take any certificate from kubelets: where they sign their own',
    )
    .option(
      '--wait <duration>',
      'how long the first metric may take; default 3m',
      durationFrom(1000),
    )
    .action(async (flags: MetricsServerFlags) => {
      const { runMetricsServer } = await import('./run-metrics-server.ts');
      finish(await runMetricsServer(flags, io));
    });
  addMendFlags(command);
}

function addScheduledRestart(install: Command, io: Io, finish: Finish): void {
  const command = install
    .command('scheduled-restart')
    .description(
      "restart Flannel's pods by a schedule, where its memory is proven to leak; needs an administrator",
    )
    .option('--schedule <cron>', 'five fields with one minute and one hour', schedule, WEEKLY)
    .option('--time-zone <name>', 'of the schedule: Europe/Berlin; default: UTC', timeZone, 'UTC')
    .option('--image <image>', 'image with kubectl', image, KUBECTL_IMAGE)
    .addHelpText('after', epilogue(EPILOGUE, io))
    .action(async (flags: ScheduledRestartFlags) => {
      const { runScheduledRestart } = await import('./run-scheduled-restart.ts');
      finish(await runScheduledRestart(flags, io));
    });
  addTrendSource(command);
  addMendFlags(command);
}

function schedule(value: string): string {
  const refused = scheduleRefusal(value);
  if (refused === undefined) return value;
  throw new InvalidArgumentError(refused);
}

function timeZone(value: string): string {
  if (isTimeZoneName(value) && isKnownZone(value)) return value;
  throw new InvalidArgumentError(
    'It is a name of the tz database in its own spelling, like UTC or Europe/Berlin.',
  );
}

/** A known name, or another name of the same zone. The runtime takes any case, and the API server does not. */
function isKnownZone(name: string): boolean {
  try {
    const { timeZone: known } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    return known === name || known.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}

const EPILOGUE = `
A stopgap until what leaks is mended, and only that: it is refused unless 'selvage trend --flannel' tells of growth.

Without --yes it shows the plan and changes nothing, unless you type yes when it asks on a terminal.

Exit code: 0 done or so already, 1 only shown, half done, or taken back, 2 wrong command line, or no leak is proven,
3 nothing was measured, rights are missing, or too little is known; 130 interrupted.

Examples:
  selvage install scheduled-restart    the plan, and what proves the leak
  selvage install scheduled-restart --yes \\
      --schedule '30 4 * * 6' --time-zone Europe/Berlin
  selvage undo                         take it away again`;

/** The name of an image in two words: it is too long for the narrow column of a help. */
function imageText(name: string): string {
  const [registry, path] = name.split(/\/(.*)/su);
  return `${path ?? ''} of ${registry ?? ''}`;
}

function image(value: string): string {
  if (/^[a-z0-9][-.:/_@a-z0-9A-Z]{0,500}$/.test(value)) return value;
  throw new InvalidArgumentError('An image is a name with a tag or digest.');
}
