// SPDX-License-Identifier: Apache-2.0

import { FactAbsence } from '#collectors/fact-absence.ts';
import type { EntryInterners } from '#sources/linux/entry-interners.ts';
import type { VxlanLinkNames } from '#sources/linux/parse-links.ts';
import type { ReadSection, Section } from '#sources/node-access/node-access.ts';
import { type SectionName, sectionCommand } from '#sources/node-access/node-sections.ts';
import { firstLine } from '#sources/plain-text.ts';

/** What collectors of node facts work on. */
export interface NodeSections {
  readonly sections: ReadonlyMap<string, Section>;
  readonly interners: EntryInterners;
  /** Names of the node's vxlan links; undefined when its links could not be read. */
  readonly vxlanLinks: VxlanLinkNames;
}

/**
 * A section whose command ran, whatever its exit code.
 *
 * @throws FactAbsence when it is missing or the command does not exist
 */
export function ranSection({ sections }: NodeSections, name: SectionName): ReadSection {
  const section = sections.get(name);
  const command = sectionCommand(name);
  if (section === undefined) {
    throw new FactAbsence('not-collected', `\`${command}\` was not run.`);
  }
  if (section.state === 'withheld') throw new FactAbsence('unsupported', section.why);
  if (section.state === 'missing') {
    if (section.reason === 'timed-out') {
      throw new FactAbsence('timed-out', `\`${command}\` did not end within the time limit.`);
    }
    const why = section.reason === 'too-large' ? 'exceeded the size limit' : 'was cut off';
    throw new FactAbsence('failed', `The output of \`${command}\` ${why}.`);
  }
  if (section.exitCode === 127 || section.exitCode === 126) {
    const program = command.split(' ', 1)[0] ?? '';
    throw new FactAbsence('unsupported', `The container has no \`${program}\`.`);
  }
  return section;
}

/** BusyBox prints its usage, iproute2 before 4.14 says the option is unknown. */
const NO_JSON = /BusyBox|invalid option|unrecognized option|is unknown, try|^Usage:/im;
const NOT_PERMITTED = /Operation not permitted|Permission denied/i;

/**
 * Standard output of a command that succeeded.
 *
 * @throws FactAbsence when it did not
 */
export function succeededSection(sections: NodeSections, name: SectionName): string {
  const { stdout, stderr, exitCode } = ranSection(sections, name);
  if (exitCode === 0) return stdout;
  const command = sectionCommand(name);
  if (NO_JSON.test(stderr)) {
    const detail = `The container's tools cannot run \`${command}\`, in no form that is known.`;
    throw new FactAbsence('unsupported', detail);
  }
  const reason = NOT_PERMITTED.test(stderr) ? 'forbidden' : 'failed';
  const says = firstLine(stderr);
  throw new FactAbsence(
    reason,
    `\`${command}\` ended with exit code ${String(exitCode)}${says === '' ? '' : `: ${says}`}.`,
  );
}
