// SPDX-License-Identifier: Apache-2.0

import { type Command, Option } from 'commander';

import { addConnectionFlags } from '../connection-flags.ts';
import { epilogue } from '../epilogue.ts';
import { durationMs, MAX_CONCURRENCY, numberUpTo } from '../flag-values.ts';
import type { Io } from '../io.ts';
import { addReadingFlags } from '../reading-flags.ts';
import { DOCUMENT_FORMATS, type DocumentFlags } from './document-flags.ts';

/** Adds `selvage document`. */
export function addDocument(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const command = program
    .command('document')
    .description(
      "write the cluster's own page: nodes, Flannel, settings, versions, what was changed",
    )
    .addOption(
      new Option('-o, --output <format>', 'form of the page')
        .choices(DOCUMENT_FORMATS)
        .default('markdown'),
    )
    .option(
      '--diff <version>',
      "say what changed since an earlier page: a file of '-o json', a day like 2026-11-24, or last",
    )
    .option('--suppressions <file>', 'YAML file of findings that are known, to be part of the page')
    .option(
      '--no-history',
      'do not keep this version of the page; so does the variable SELVAGE_NO_HISTORY',
    )
    .option('--node-timeout <duration>', 'limit for reading one node: 10s, 1m', durationMs)
    .option('--concurrency <number>', 'nodes read at the same time', numberUpTo(MAX_CONCURRENCY))
    .addHelpText('after', epilogue(EPILOGUE, io))
    .action(async (flags: DocumentFlags) => {
      const { runDocument } = await import('./run-document.ts');
      const { liveServices } = await import('../check/live-services.ts');
      finish(await runDocument(flags, io, liveServices(io.env)));
    });
  addConnectionFlags(addReadingFlags(command));
}

const EPILOGUE = `
Two runs on a cluster that has not changed give the same page but for one line, its date. Each version that differs
is kept in your state directory, so that --diff knows it.

Exit code: 0 written, whatever could not be read (the page tells it); with --diff 0 nothing changed, 1 something did;
2 wrong command line, 3 the cluster cannot be read at all.

Examples:
  selvage document > cluster.md
  selvage document -o html > cluster.html
  selvage document --diff last            what changed since the version before
  selvage document --diff 2026-11-01      since the version that held at the end of that day
  selvage document --diff before.json     since a page that was written with -o json`;
