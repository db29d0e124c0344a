// SPDX-License-Identifier: Apache-2.0

import type { Section, Truncation } from '#sources/node-access/node-access.ts';

/** Both streams of one exec, as far as they came. */
export interface ExecStreams {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/**
 * Splits the output of a section script. A section is read only when its end marker came: the one that was being
 * written when the output ended, and all after it, are missing; those before stay good.
 *
 * Works on bytes and decodes each section by itself, so that no short text keeps the whole output in memory.
 *
 * @param truncation what sections that are not whole are marked with
 * @param names all sections the script asked for; each is a key of the result
 */
export function splitSections(
  streams: ExecStreams,
  marker: string,
  names: readonly string[],
  truncation: Truncation = 'cut-off',
): ReadonlyMap<string, Section> {
  const stdout = sectionsOf(streams.stdout, marker, names);
  const stderr = sectionsOf(streams.stderr, marker, names);
  return new Map(
    names.map((name): [string, Section] => {
      const out = stdout.get(name);
      if (out === undefined) return [name, { state: 'missing', reason: truncation }];
      // What a command says on stderr only explains: its absence does not spoil the section.
      const err = stderr.get(name)?.text ?? '';
      return [name, { state: 'read', stdout: out.text, stderr: err, exitCode: out.exitCode }];
    }),
  );
}

interface StreamSection {
  readonly text: string;
  readonly exitCode: number;
}

/** Sections come in the order of `names`; the search goes forward only and is linear in the stream. */
function sectionsOf(
  stream: Buffer,
  marker: string,
  names: readonly string[],
): ReadonlyMap<string, StreamSection> {
  const found = new Map<string, StreamSection>();
  let position = 0;
  for (const name of names) {
    const begin = `\n${marker} begin ${name}\n`;
    const beginAt = stream.indexOf(begin, position);
    if (beginAt < 0) break;
    const bodyAt = beginAt + begin.length;
    const end = `\n${marker} end ${name} `;
    const endAt = stream.indexOf(end, bodyAt);
    if (endAt < 0) break;
    const codeAt = endAt + end.length;
    const lineEnd = stream.indexOf('\n', codeAt);
    if (lineEnd < 0) break;
    const code = stream.toString('latin1', codeAt, Math.min(lineEnd, codeAt + 4));
    if (!/^\d{1,3}$/.test(code)) break;
    found.set(name, { text: stream.toString('utf8', bodyAt, endAt), exitCode: Number(code) });
    position = lineEnd;
  }
  return found;
}
