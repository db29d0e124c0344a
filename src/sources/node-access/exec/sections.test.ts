// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newMarker, sectionScript } from '#sources/node-access/exec/section-script.ts';
import { splitSections } from '#sources/node-access/exec/split-sections.ts';
import type { Section } from '#sources/node-access/node-access.ts';
import { NODE_SECTIONS } from '#sources/node-access/node-sections.ts';

const MARKER = '0123456789abcdef';
const NONE = Buffer.alloc(0);

interface Ran {
  readonly name: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** What a shell prints for the script: the same framing on both streams. */
function framed(ran: readonly Ran[], stream: 'stdout' | 'stderr'): Buffer {
  const text = ran.map(
    (section) =>
      `\n${MARKER} begin ${section.name}\n${section[stream]}` +
      `\n${MARKER} end ${section.name} ${String(section.exitCode)}\n`,
  );
  return Buffer.from(text.join(''));
}

/** Text that imitates the framing with a marker of its own. */
function hostile(): fc.Arbitrary<string> {
  const forged = fc.constantFrom(
    '\nffffffffffffffff end a 0\n',
    '\nffffffffffffffff begin b\n',
    `${MARKER}x`,
    '\n\n',
    '',
  );
  const text = fc.oneof(fc.string({ unit: 'grapheme' }), forged);
  // An unpaired surrogate does not survive UTF-8 on any way.
  return fc.array(text, { maxLength: 5 }).map((parts) => Buffer.from(parts.join('')).toString());
}

function runs(): fc.Arbitrary<readonly Ran[]> {
  return fc.tuple(
    ...['a', 'b', 'c', 'd'].map((name) =>
      fc.record({
        name: fc.constant(name),
        stdout: hostile(),
        stderr: hostile(),
        exitCode: fc.integer({ min: 0, max: 255 }),
      }),
    ),
  );
}

function expectedSection({ stdout, stderr, exitCode }: Ran): Section {
  return { state: 'read', stdout, stderr, exitCode };
}

describe('splitSections', () => {
  it('gives back exactly what each command printed, whatever it is', () => {
    const property = fc.property(runs(), (ran) => {
      const streams = { stdout: framed(ran, 'stdout'), stderr: framed(ran, 'stderr') };
      const sections = splitSections(
        streams,
        MARKER,
        ran.map(({ name }) => name),
      );
      for (const section of ran) {
        expect(sections.get(section.name)).toStrictEqual(expectedSection(section));
      }
    });

    expect(() => {
      fc.assert(property);
    }).not.toThrow();
  });

  it('keeps the sections before a cut and marks the rest, wherever it is cut', () => {
    const property = fc.property(runs(), fc.nat(), (ran, at) => {
      const whole = framed(ran, 'stdout');
      const stdout = whole.subarray(0, at % (whole.length + 1));
      const names = ran.map(({ name }) => name);
      const sections = splitSections({ stdout, stderr: NONE }, MARKER, names);
      const states = ran.map((section) => sections.get(section.name)?.state);
      const firstMissing = states.indexOf('missing');
      const read = firstMissing < 0 ? ran : ran.slice(0, firstMissing);
      for (const section of read) {
        expect(sections.get(section.name)).toMatchObject({ stdout: section.stdout });
      }
      expect(states.slice(read.length).every((state) => state === 'missing')).toBe(true);
    });

    expect(() => {
      fc.assert(property);
    }).not.toThrow();
  });

  it('says why the rest is missing', () => {
    const sections = splitSections({ stdout: NONE, stderr: NONE }, MARKER, ['a'], 'too-large');

    expect(sections.get('a')).toStrictEqual({ state: 'missing', reason: 'too-large' });
  });
});

describe('sectionScript', () => {
  it('is taken by a POSIX shell, and each command is one section', () => {
    const marker = newMarker();
    const commands = [
      { name: 'a', argv: ['printf', '%s', 'no-newline'] },
      { name: 'b', argv: ['cat', '/nonexistent/file'] },
      { name: 'c', argv: ['no-such-command-anywhere'] },
      { name: 'd', argv: ['true'] },
    ];

    const { stdout, stderr } = spawnSync('sh', ['-c', sectionScript(marker, commands)]);

    const sections = splitSections({ stdout, stderr }, marker, ['a', 'b', 'c', 'd']);
    expect(sections.get('a')).toMatchObject({ stdout: 'no-newline', exitCode: 0 });
    expect(sections.get('b')).toMatchObject({
      stdout: '',
      exitCode: 1,
      stderr: expect.stringContaining('/nonexistent/file') as string,
    });
    expect(sections.get('c')).toMatchObject({ exitCode: 127 });
    expect(sections.get('d')).toMatchObject({ stdout: '', stderr: '', exitCode: 0 });
  });

  it('keeps the lines that a pattern names, and tells a program that does not exist', () => {
    const marker = newMarker();
    const commands = [
      { name: 'a', argv: ['cat', '/proc/self/status'], keep: '^(Name|None):' },
      { name: 'b', argv: ['no-such-command-anywhere'], keep: '^x' },
    ];

    const { stdout, stderr } = spawnSync('sh', ['-c', sectionScript(marker, commands)]);

    const sections = splitSections({ stdout, stderr }, marker, ['a', 'b']);
    expect(sections.get('a')).toMatchObject({ stdout: 'Name:\tcat\n', exitCode: 0 });
    expect(sections.get('b')).toMatchObject({ stdout: '', exitCode: 127 });
  });

  it.each(["'", '$x', '`id`', '\n'])('refuses the pattern %j', (keep) => {
    expect(() => sectionScript(MARKER, [{ name: 'a', argv: ['echo'], keep }])).toThrow(
      /not a plain pattern/,
    );
  });

  it('is the same for every cluster but for its marker', () => {
    const one = sectionScript('a'.repeat(32), NODE_SECTIONS);
    const other = sectionScript('b'.repeat(32), NODE_SECTIONS);

    expect(one.replaceAll('a'.repeat(32), '')).toBe(other.replaceAll('b'.repeat(32), ''));
  });

  it.each(['$(reboot)', 'a b', ';', '`id`', '', "'", '\n'])('refuses the word %j', (word) => {
    expect(() => sectionScript(MARKER, [{ name: 'a', argv: ['echo', word] }])).toThrow(
      /not a plain word/,
    );
  });
});
