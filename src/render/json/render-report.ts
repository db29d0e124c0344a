// SPDX-License-Identifier: Apache-2.0

// JSON.stringify escapes C0 only; the rest of these would reach a terminal as they are.
const INVISIBLE = /[\u007f-\u009f\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu;
const CHUNK_LENGTH = 65_536;

/**
 * The report as JSON, indented by two spaces, with a line feed at the end, in chunks: a thousand nodes that are
 * all broken make a text longer than the longest string. Invisible characters are written as `\u` escapes: the
 * same value, harmless in a terminal.
 */
export function* renderJson(report: object): Generator<string, void> {
  let chunk = '';
  for (const piece of pieces(report)) {
    chunk += piece;
    if (chunk.length < CHUNK_LENGTH) continue;
    yield escapeInvisible(chunk);
    chunk = '';
  }
  yield `${escapeInvisible(chunk)}\n`;
}

/** The report as JSON in one line, for one document after another (NDJSON), in chunks like {@link renderJson}. */
export function* renderJsonLine(report: object): Generator<string, void> {
  for (const [index, [key, value]] of Object.entries(report).entries()) {
    const values: readonly unknown[] = Array.isArray(value) ? value : [];
    yield `${index === 0 ? '{' : ','}${JSON.stringify(key)}:`;
    if (values.length === 0) yield escaped(value);
    for (const [place, element] of values.entries()) {
      yield `${place === 0 ? '[' : ','}${escaped(element)}`;
    }
    if (values.length > 0) yield ']';
  }
  yield '}\n';
}

function escaped(value: unknown): string {
  return escapeInvisible(JSON.stringify(value));
}

/** What `JSON.stringify(report, null, 2)` gives, with each element of the report's arrays as a piece of its own. */
function* pieces(report: object): Generator<string, void> {
  const entries = Object.entries(report) as readonly (readonly [string, unknown])[];
  for (const [index, [key, value]] of entries.entries()) {
    yield `${index === 0 ? '{' : ','}\n  ${JSON.stringify(key)}: `;
    if (Array.isArray(value) && value.length > 0) yield* elements(value);
    else yield indented(value, 2);
  }
  yield '\n}';
}

function* elements(values: readonly unknown[]): Generator<string, void> {
  for (const [index, value] of values.entries()) {
    yield `${index === 0 ? '[' : ','}\n    ${indented(value, 4)}`;
  }
  yield '\n  ]';
}

function indented(value: unknown, columns: number): string {
  return JSON.stringify(value, null, 2).replaceAll('\n', `\n${' '.repeat(columns)}`);
}

/** JSON with `\u` escapes for what does not show, which JSON allows in strings only: names of fields are some. */
export function escapeInvisible(json: string): string {
  return json.replace(INVISIBLE, escape);
}

function escape(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}
