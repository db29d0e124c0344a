// SPDX-License-Identifier: Apache-2.0

import { type AbsentFact, type Fact, absent, observed } from '#model/fact.ts';
import { definedFields } from '#model/defined-fields.ts';
import type { CgroupOom, KernelOomLog, OomNode } from '#model/oom.ts';
import { absenceOf } from '#collectors/fact-absence.ts';
import { CGROUP_OOM_FILES, parseCgroupOom } from '#sources/linux/parse-cgroup-oom.ts';
import { KERNEL_LINES, parseKernelOom } from '#sources/linux/parse-kernel-oom.ts';
import { newMarker, sectionScript } from '#sources/node-access/exec/section-script.ts';
import { splitSections } from '#sources/node-access/exec/split-sections.ts';
import type { ReadSection, Section } from '#sources/node-access/node-access.ts';
import type { SectionCommand } from '#sources/node-access/node-sections.ts';
import type { ShellRun } from '#sources/node-access/node-shell.ts';

const COMMANDS: readonly SectionCommand[] = [
  { name: 'kernel-log', argv: ['dmesg'], keep: KERNEL_LINES },
  { name: 'uptime', argv: ['cat', '/proc/uptime'] },
  { name: 'clock', argv: ['date', '+%s'] },
  { name: 'boot', argv: ['cat', '/proc/sys/kernel/random/boot_id'] },
  { name: 'cgroup', argv: ['grep', '-sH', '.', ...CGROUP_OOM_FILES] },
];
const NAMES = COMMANDS.map(({ name }) => name);

/** One reading of what a kernel says of memory: its script, and how to read what it printed. */
export interface OomReading {
  readonly script: string;
  readonly parse: (run: ShellRun, observedAt: string) => NodeSigns;
}

/** What one way saw of a node. */
export type NodeSigns = Pick<OomNode, 'bootId' | 'kernelLog' | 'cgroup'>;

/** A reading with a marker of its own. Nothing of a cluster is part of the script. */
export function oomReading(): OomReading {
  const marker = newMarker();
  return {
    script: sectionScript(marker, COMMANDS),
    parse: ({ result, origin }, observedAt) => {
      const end = result.end.kind === 'truncated' ? result.end.reason : 'cut-off';
      const sections = splitSections(result, marker, NAMES, end);
      const bootId = /^[0-9a-f-]{36}$/.exec(textOf(sections.get('boot')))?.[0];
      return definedFields({
        bootId,
        kernelLog: asFact(() => kernelLogOf(sections), origin, observedAt),
        cgroup: asFact(() => cgroupOf(sections), origin, observedAt),
      });
    },
  };
}

function asFact<T>(read: () => T | AbsentFact, origin: string, observedAt: string): Fact<T> {
  try {
    const value = read();
    return isAbsent(value) ? value : observed(value, observedAt, origin);
  } catch (error) {
    return absenceOf(error);
  }
}

function isAbsent(value: unknown): value is AbsentFact {
  return (
    typeof value === 'object' && value !== null && 'state' in value && value.state === 'absent'
  );
}

type Sections = ReadonlyMap<string, Section>;

function kernelLogOf(sections: Sections): KernelOomLog | AbsentFact {
  const log = sections.get('kernel-log');
  if (log?.state !== 'read') return notWhole('The kernel log', log);
  if (log.exitCode === 127) {
    return absent('unsupported', 'The container has no `dmesg` to read the kernel log with.');
  }
  // `grep` ends with 1 as well when `dmesg` was refused: only the error output tells these apart.
  if (log.stdout.trim() === '' && log.stderr.trim() !== '') return refusal(log);
  const [uptime = ''] = textOf(sections.get('uptime')).split(' ');
  const clock = textOf(sections.get('clock'));
  if (!/^\d{1,10}\.\d{1,3}$/.test(uptime) || !/^\d{9,11}$/.test(clock)) {
    return absent('failed', 'The kernel log has stamps only, and the clock could not be read.');
  }
  return parseKernelOom(log.stdout, {
    nowMs: Number(clock) * 1000,
    uptimeSeconds: Number(uptime),
  });
}

function refusal({ stderr }: ReadSection): AbsentFact {
  return /not permitted|denied/i.test(stderr)
    ? absent(
        'forbidden',
        'The kernel lets nobody read its log without the capability SYSLOG, which the container does not have.',
      )
    : absent('failed', 'The kernel log could not be read with `dmesg`.');
}

function cgroupOf(sections: Sections): CgroupOom | AbsentFact {
  const files = sections.get('cgroup');
  if (files?.state !== 'read') return notWhole("The container's cgroup", files);
  if (files.stdout.trim() === '') {
    return absent('unsupported', 'The container does not see the files of its own cgroup.');
  }
  return parseCgroupOom(files.stdout);
}

function notWhole(what: string, section: Section | undefined): AbsentFact {
  const isLate = section?.state === 'missing' && section.reason === 'timed-out';
  return isLate
    ? absent('timed-out', `${what} did not come in time.`)
    : absent('failed', `${what} did not come whole.`);
}

function textOf(section: Section | undefined): string {
  return section?.state === 'read' ? section.stdout.trim() : '';
}
