// SPDX-License-Identifier: Apache-2.0

import { stateFile } from '#audit/state-file.ts';
import { printableText } from '#render/terminal/printable-text.ts';
import type { Report } from '#report/report.ts';

import type { CheckServices } from '../check/run-check.ts';
import type { Io } from '../io.ts';

/** Another run that writes takes milliseconds; nobody waits at a prompt for one that hangs. */
const WAIT_MS = 2000;

/**
 * What keeps each report in the history of its cluster, unless the flag or the environment says not to. A report
 * that cannot be kept is one warning: what the check found is true all the same.
 */
export function reportKeeper(
  { history = true }: { readonly history?: boolean },
  { env, stderr }: Pick<Io, 'env' | 'stderr'>,
): Pick<CheckServices, 'keep'> {
  if (!history || (env['SELVAGE_NO_HISTORY'] ?? '') !== '') return {};
  return {
    async keep(report, narrowed) {
      try {
        await keepReport(stateFile(env, report.cluster, 'history'), report, narrowed);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        const text = `warning: The report was not kept. ${why} Leave it out with --no-history.`;
        stderr.write(`${printableText(text)}\n`);
      }
    },
  };
}

async function keepReport(file: string, report: Report, narrowed: boolean): Promise<void> {
  const { HistoryStore } = await import('#history/history-store.ts');
  const store = HistoryStore.open(file, { waitMs: WAIT_MS });
  try {
    store.addReport(report, { narrowed });
  } finally {
    store.close();
  }
}
