// SPDX-License-Identifier: Apache-2.0

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';

import { findProgram } from './find-program.ts';
import { type LoopbackServer, startServer } from './loopback-server.ts';

/** A configuration of Prometheus or Alertmanager, as its YAML file has it. */
export type ServerConfiguration = Readonly<Record<string, unknown>>;

/** Prometheus in the PATH; undefined where there is none. */
export function findPrometheus(): string | undefined {
  return findProgram('prometheus');
}

/** Alertmanager in the PATH, also under Debian's name for it; undefined where there is none. */
export function findAlertmanager(): string | undefined {
  return findProgram('alertmanager', 'prometheus-alertmanager');
}

/** What a Prometheus has beside its configuration. */
export interface PrometheusExtras {
  /** Files for its folder, by name: rules, certificates; the configuration names them without a path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Samples of the past that it holds from the start, as OpenMetrics text with times; needs promtool. */
  readonly past?: string;
}

/** Longer than any test's past; Prometheus' own is 15 days. */
const RETENTION = '400d';

/** A real Prometheus on 127.0.0.1, its data in a folder of its own. It scrapes only what the configuration names. */
export function startPrometheus(
  configuration: ServerConfiguration,
  { files = {}, past }: PrometheusExtras = {},
): Promise<LoopbackServer> {
  return startServer({
    program: needed(findPrometheus(), 'Prometheus'),
    readyPath: '/-/ready',
    args: async ({ port, folder }) => {
      await writeAll(folder, { ...files, 'prometheus.yml': stringify(configuration) });
      if (past !== undefined) await fill(folder, past);
      return [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--storage.tsdb.retention.time=${RETENTION}`,
        `--web.listen-address=127.0.0.1:${String(port)}`,
      ];
    },
  });
}

/** A real Alertmanager on 127.0.0.1, without peers. */
export function startAlertmanager(configuration: string): Promise<LoopbackServer> {
  return startServer({
    program: needed(findAlertmanager(), 'Alertmanager'),
    readyPath: '/-/ready',
    args: async ({ port, folder }) => {
      await writeAll(folder, { 'alertmanager.yml': configuration });
      return [
        `--config.file=${join(folder, 'alertmanager.yml')}`,
        `--storage.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${String(port)}`,
        '--cluster.listen-address=',
      ];
    },
  });
}

/** Prometheus takes samples of the past only as blocks that are made for it. */
async function fill(folder: string, past: string): Promise<void> {
  const file = join(folder, 'past.txt');
  await writeFile(file, past);
  await promisify(execFile)(needed(findProgram('promtool'), 'promtool'), [
    ...['tsdb', 'create-blocks-from', 'openmetrics', '--max-block-duration=9600h'],
    ...[file, join(folder, 'data')],
  ]);
}

function needed(program: string | undefined, name: string): string {
  if (program === undefined) throw new Error(`There is no ${name} in the PATH.`);
  return program;
}

async function writeAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text, { mode: 0o600 });
  }
}
