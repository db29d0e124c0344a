// SPDX-License-Identifier: Apache-2.0

import { describeAccess } from '#engine/describe-access.ts';
import { repairObjects } from '#engine/mend/repair-role.ts';
import { readerObjects } from '#engine/reader-role.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import { renderAccess } from '#render/access/render-access.ts';
import { renderYaml } from '#render/access/render-yaml.ts';
import { structuredText } from '#render/structured/structured-text.ts';
import type { AccessReport } from '#report/access-report.ts';

import { type CheckServices, collectSnapshot } from '../check/run-check.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { terminalTraits } from '../terminal.ts';
import { readingRequest } from '../reading-flags.ts';
import type { AccessFlags } from './access-flags.ts';
import { roleSubject } from './role-subject.ts';

/** Prints the roles that reading or mending needs. Asks no cluster. @throws UsageError for names that cannot be any */
export function printReaderRole(flags: AccessFlags, io: Io): number {
  const { flannelNamespace = 'kube-flannel' } = flags;
  const { debugPods } = readingRequest(flags);
  const subject = roleSubject(flags.subject, flannelNamespace);
  const options = { flannelNamespace, subject, kubelets: flags.kubelets, commands: flags.for };
  const debug = debugPods && { debugNamespace: debugPods.namespace ?? flannelNamespace };
  const objects =
    flags.repair === true ? repairObjects(options) : readerObjects({ ...options, ...debug });
  io.stdout.write(
    flags.output === 'json'
      ? structuredText('json', { apiVersion: 'v1', kind: 'List', items: objects })
      : renderYaml(objects),
  );
  return EXIT.healthy;
}

/**
 * `selvage access`: tries the ways into each node, asks the API server for each right, and tells both.
 *
 * @throws UsageError for nodes that do not exist; what the services throw.
 */
export async function runAccess(
  flags: AccessFlags,
  io: Io,
  services: CheckServices,
): Promise<number> {
  const snapshot = await collectSnapshot({ ...flags, probe: 'none' }, io, services);
  const report = describeAccess(snapshot, CHECKS);
  io.stdout.write(textOf(report, flags, io));
  return isEnough(report) ? EXIT.healthy : EXIT.notEnough;
}

function textOf(report: AccessReport, { output, color }: AccessFlags, io: Io): string {
  switch (output) {
    case 'json':
    case 'yaml':
      return structuredText(output, report);
    case 'table':
      return renderAccess(report, { ...terminalTraits(io, !color), narrowed: false });
  }
}

/** Whether a check would find everything that it needs. */
function isEnough({ nodes, rights, notAsked }: AccessReport): boolean {
  const allWork = nodes.every(({ ways }) =>
    ways.some(({ state }) => state === 'works' || state === 'does-not-apply'),
  );
  const nothingLost = rights.every(({ lost }) => lost.length === 0);
  return nodes.length > 0 && allWork && nothingLost && notAsked === undefined;
}
