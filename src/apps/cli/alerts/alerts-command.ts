// SPDX-License-Identifier: Apache-2.0

import { type Command, Option } from 'commander';

import { epilogue } from '../epilogue.ts';
import { durationFrom, numberUpTo } from '../flag-values.ts';
import type { Io } from '../io.ts';
import { ALERT_FORMATS, type AlertFlags } from './alert-flags.ts';
import {
  address,
  addressOrPath,
  bytes,
  daemonSetNames,
  labels,
  namespaceName,
  share,
} from './alert-values.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const MOST_RESTARTS = 1000;

/** Adds `selvage alerts`. */
export function addAlerts(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const command = program
    .command('alerts')
    .description(
      'write alerts, their routing and a dashboard for Prometheus, Alertmanager and Grafana; ask no cluster',
    )
    .argument('[id]', 'show what to do about this alert, e.g. node-not-ready')
    .addOption(
      new Option('-o, --output <format>', 'form of the output')
        .choices(ALERT_FORMATS)
        .default('table'),
    );
  addThresholds(command);
  addPlaces(command)
    .option('--no-color', 'no colours; so does the variable NO_COLOR')
    .addHelpText('after', epilogue(EPILOGUE, io))
    .action(async (id: string | undefined, flags: AlertFlags) => {
      const { runAlerts } = await import('./run-alerts.ts');
      finish(await runAlerts(id, flags, io));
    });
}

function addThresholds(command: Command): void {
  const least = durationFrom(MINUTE_MS);
  command
    .option('--memory-threshold <share>', "of a container's memory limit; default 80%", share)
    .option(
      '--restart-threshold <number>',
      'restarts of a container within the window; default 3',
      numberUpTo(MOST_RESTARTS),
    )
    .option('--restart-window <duration>', 'default 1h', least)
    .option(
      '--growth-window <duration>',
      'growth of memory is measured so long; default 24h',
      least,
    )
    .option('--growth-ahead <duration>', 'and drawn out so far; default 72h', least)
    .option(
      '--flannel-memory <quantity>',
      "working set of flannel's container; default 200Mi",
      bytes,
    )
    .option('--dns-threshold <share>', 'of the answers of CoreDNS that fail; default 5%', share)
    .option(
      '--node-not-ready <duration>',
      'how long a node may be not Ready; default 5m',
      durationFrom(SECOND_MS),
    )
    .option(
      '--flannel-daemonset <names>',
      "flannel's DaemonSets, if they have other names than usual; comma-separated, may be repeated",
      daemonSetNames,
    );
}

function addPlaces(command: Command): Command {
  return command
    .option('-n, --namespace <namespace>', 'of the PrometheusRule', namespaceName)
    .option(
      '--label <key=value>',
      'of the PrometheusRule, by which Prometheus finds it; may be repeated',
      labels,
    )
    .option(
      '--runbook-base <address>',
      "where the alerts' pages are: <address>/<id>/README.md; default their path in the repository",
      addressOrPath,
    )
    .option('--receiver-url <address>', 'webhook of the receiver for Alertmanager', address);
}

const EPILOGUE = `
Exit code: 0 written, 2 wrong command line.

Examples:
  selvage alerts                                         what there is
  selvage alerts container-oom-killed                    what to do about it
  selvage alerts -o rules > selvage.rules.yml            for rule_files; promtool check rules selvage.rules.yml
  selvage alerts -o prometheus-rule -n monitoring --label release=prometheus |
      kubectl apply -f -
  selvage alerts -o rules --memory-threshold 70% --restart-threshold 1
  selvage alerts -o alertmanager                         a route and a receiver
  selvage alerts -o grafana > selvage.json               a dashboard to import`;
