// SPDX-License-Identifier: Apache-2.0

import { DEFAULT_THRESHOLDS } from '#alerts/default-thresholds.ts';
import type { AlertThresholds } from '#alerts/define-alert.ts';
import { ALERTS } from '#alerts/registry.generated.ts';
import { nearestId } from '#engine/select-checks.ts';
import type { AlertOptions } from '#render/alerts/alert-options.ts';
import { renderAlertmanager } from '#render/alerts/render-alertmanager.ts';
import { renderGrafana } from '#render/alerts/render-grafana.ts';
import { renderAlertList } from '#render/alerts/render-list.ts';
import { renderPrometheusRule, renderRules } from '#render/alerts/render-rules.ts';
import { renderPage } from '#render/terminal/render-page.ts';

import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { terminalTraits } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import type { AlertFlags } from './alert-flags.ts';
import { alertPage } from './alert-page.ts';

/** Where the pages are in the repository. */
const PAGES = 'src/alerts';

/**
 * `selvage alerts`: the alerts as files for Prometheus, Alertmanager and Grafana, as a list, or the page of one. Asks
 * no cluster.
 *
 * @throws UsageError for an id that is none, and for an id with a form that is for all alerts.
 */
export async function runAlerts(
  id: string | undefined,
  flags: AlertFlags,
  io: Io,
): Promise<number> {
  rejectUnusedFlags(flags);
  if (id === undefined) {
    io.stdout.write(fileText(flags, io));
    return EXIT.healthy;
  }
  rejectUnknown(id, io);
  if (flags.output !== 'table') {
    throw new UsageError(
      `The form ${flags.output} is for all alerts, and ${id} is one.`,
      'Leave the id out for the file, or --output for the page.',
    );
  }
  io.stdout.write(renderPage(await alertPage(id), terminalTraits(io, !flags.color)));
  return EXIT.healthy;
}

function fileText(flags: AlertFlags, { program }: Io): string {
  const options: AlertOptions = {
    alerts: ALERTS,
    thresholds: thresholdsOf(flags),
    runbookBase: flags.runbookBase ?? PAGES,
  };
  switch (flags.output) {
    case 'table':
      return renderAlertList(ALERTS, program);
    case 'rules':
      return renderRules(options);
    case 'prometheus-rule':
      return renderPrometheusRule(options, {
        ...(flags.namespace !== undefined && { namespace: flags.namespace }),
        labels: flags.label ?? {},
      });
    case 'alertmanager':
      return renderAlertmanager(flags.receiverUrl);
    case 'grafana':
      return renderGrafana(options.thresholds);
  }
}

function thresholdsOf(flags: AlertFlags): AlertThresholds {
  const usual = DEFAULT_THRESHOLDS;
  return {
    memoryRatio: flags.memoryThreshold ?? usual.memoryRatio,
    restarts: flags.restartThreshold ?? usual.restarts,
    restartWindowSeconds: seconds(flags.restartWindow) ?? usual.restartWindowSeconds,
    growthWindowSeconds: seconds(flags.growthWindow) ?? usual.growthWindowSeconds,
    growthAheadSeconds: seconds(flags.growthAhead) ?? usual.growthAheadSeconds,
    flannelMemoryBytes: flags.flannelMemory ?? usual.flannelMemoryBytes,
    dnsFailureRatio: flags.dnsThreshold ?? usual.dnsFailureRatio,
    nodeNotReadySeconds: seconds(flags.nodeNotReady) ?? usual.nodeNotReadySeconds,
    ...(flags.flannelDaemonset !== undefined && { flannelDaemonSets: flags.flannelDaemonset }),
  };
}

/** Prometheus counts whole seconds. */
function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.ceil(ms / 1000);
}

const FORMS_OF: readonly (readonly [
  flag: string,
  of: (flags: AlertFlags) => unknown,
  forms: readonly AlertFlags['output'][],
])[] = [
  ['--namespace', ({ namespace }) => namespace, ['prometheus-rule']],
  ['--label', ({ label }) => label, ['prometheus-rule']],
  ['--runbook-base', ({ runbookBase }) => runbookBase, ['prometheus-rule', 'rules']],
  ['--receiver-url', ({ receiverUrl }) => receiverUrl, ['alertmanager']],
];

function rejectUnusedFlags(flags: AlertFlags): void {
  const unused = FORMS_OF.find(
    ([, of, forms]) => of(flags) !== undefined && !forms.includes(flags.output),
  );
  if (unused === undefined) return;
  const [flag, , forms] = unused;
  throw new UsageError(
    `${flag} has no place in the form ${flags.output}.`,
    `It goes with --output ${forms.join(' or ')}.`,
  );
}

function rejectUnknown(id: string, { program }: Io): void {
  const ids = ALERTS.map((alert) => alert.id);
  if (ids.includes(id)) return;
  const nearest = nearestId(id, ids);
  throw new UsageError(
    `There is no alert '${id}'.${nearest === undefined ? '' : ` Did you mean ${nearest}?`}`,
    `List the ids with '${program} alerts'.`,
  );
}
