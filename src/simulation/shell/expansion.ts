// SPDX-License-Identifier: Apache-2.0
import type { NodeFiles } from '#simulation/kernel/node-files.ts';
import type { PatternPiece } from './pattern.ts';
import { globPaths, isPattern, patternSource } from './pattern.ts';
import { ControlFlow } from './shell-state.ts';
import type { ShellState, Streams } from './shell-state.ts';
import type { ParameterOperator, Script, Word, WordPart } from './syntax.ts';

/** What an expansion needs of the shell. */
export interface ExpansionContext {
  readonly state: ShellState;
  /** Value of `$?`: the status before the command whose words are expanded. */
  readonly status: number;
  readonly files: NodeFiles;
  readonly streams: Streams;
  /** Runs a command substitution and returns its standard output. */
  substitute(script: Script): string;
}

type Field = PatternPiece[];

/** Expands words to fields: parameters, substitutions, splitting, globbing, removal of quotes. */
export function expandWords(words: readonly Word[], context: ExpansionContext): string[] {
  return words.flatMap((word) =>
    splitWord(word, context).flatMap((field) => {
      const paths = isPattern(field) ? globPaths(field, context.files) : [];
      return paths.length > 0 ? paths : [fieldText(field)];
    }),
  );
}

/** Expands one word to one text: no splitting, no globbing. For assignments, redirections and `case`. */
export function expandText(word: Word, context: ExpansionContext): string {
  return fieldText(expandPieces(word, context));
}

/** Expands one word to the pieces of a pattern. */
export function expandPieces(word: Word, context: ExpansionContext): PatternPiece[] {
  return word.map((part) => ({ text: partText(part, context), quoted: part.quoted }));
}

function fieldText(field: readonly PatternPiece[]): string {
  return field.map(({ text }) => text).join('');
}

function splitWord(word: Word, context: ExpansionContext): Field[] {
  const fields: Field[] = [];
  let current: Field | undefined;
  const append = (piece: PatternPiece): void => {
    current ??= [];
    current.push(piece);
  };
  const close = (): void => {
    if (current !== undefined) fields.push(current);
    current = undefined;
  };
  for (const part of word) {
    if (isAllParameters(part)) {
      context.state.parameters.forEach((text, index) => {
        if (index > 0) close();
        if (part.quoted) append({ text, quoted: true });
        else splitText(text, context, append, close);
      });
    } else if (part.kind === 'literal' || part.quoted) {
      append({ text: partText(part, context), quoted: part.quoted });
    } else {
      splitText(partText(part, context), context, append, close);
    }
  }
  close();
  return dropEmptyAll(fields, word, context);
}

/** `"$@"` without parameters is no field at all, though the quotes alone would make an empty one. */
function dropEmptyAll(fields: Field[], word: Word, { state }: ExpansionContext): Field[] {
  const onlyAll = word.every(
    (part) => isAllParameters(part) || (part.kind === 'literal' && part.text === ''),
  );
  return onlyAll && word.some(isAllParameters) && state.parameters.length === 0 ? [] : fields;
}

function isAllParameters(part: WordPart): boolean {
  if (part.kind !== 'parameter' || part.operator !== undefined || part.length === true)
    return false;
  return part.name === '@' || (part.name === '*' && !part.quoted);
}

function splitText(
  text: string,
  { state }: ExpansionContext,
  append: (piece: PatternPiece) => void,
  close: () => void,
): void {
  const separators = state.variables.get('IFS') ?? ' \t\n';
  let run = '';
  const flush = (): void => {
    if (run !== '') append({ text: run, quoted: false });
    run = '';
  };
  for (const character of text) {
    if (separators.includes(character)) {
      flush();
      close();
    } else {
      run += character;
    }
  }
  flush();
}

function partText(part: WordPart, context: ExpansionContext): string {
  switch (part.kind) {
    case 'literal':
      return part.text;
    case 'command':
      return context.substitute(part.script).replace(/\n+$/, '');
    case 'parameter':
      return parameterText(part, context);
  }
}

type ParameterPart = Extract<WordPart, { kind: 'parameter' }>;

function parameterText(part: ParameterPart, context: ExpansionContext): string {
  const value = parameterValue(part.name, context);
  const text = value ?? '';
  const { operator } = part;
  if (operator === undefined) return part.length === true ? String(text.length) : text;
  // With a colon an empty value counts as none.
  const usable = operator.startsWith(':') && value === '' ? undefined : value;
  if (operator.endsWith('+')) return usable === undefined ? '' : operandText(part, context);
  if (/^[#%]/.test(operator)) {
    return strip(text, operator, expandPieces(part.word ?? [], context));
  }
  return usable ?? fallbackText(part, operator, context);
}

function operandText({ word = [] }: ParameterPart, context: ExpansionContext): string {
  return expandText(word, context);
}

function fallbackText(
  part: ParameterPart,
  operator: ParameterOperator,
  context: ExpansionContext,
): string {
  const text = operandText(part, context);
  if (operator.endsWith('=')) return assignDefault(part.name, text, context);
  return operator.endsWith('?') ? failUnset(part.name, text, context) : text;
}

function parameterValue(name: string, context: ExpansionContext): string | undefined {
  const all = name === '@' || name === '*';
  return all ? context.state.parameters.join(' ') : lookup(name, context);
}

function lookup(name: string, { state, status }: ExpansionContext): string | undefined {
  return name === '?' ? String(status) : state.lookup(name);
}

function assignDefault(name: string, value: string, { state }: ExpansionContext): string {
  state.variables.set(name, value);
  return value;
}

function failUnset(name: string, message: string, { state, streams }: ExpansionContext): never {
  streams.err(`${state.name}: 1: ${name}: ${message === '' ? 'parameter not set' : message}\n`);
  throw new ControlFlow('exit', 2);
}

function strip(
  value: string,
  operator: ParameterOperator,
  pieces: readonly PatternPiece[],
): string {
  const expression = new RegExp(`^(?:${patternSource(pieces)})$`);
  const lengths = Array.from({ length: value.length + 1 }, (_, length) => length);
  if (operator.length === 2) lengths.reverse();
  const front = operator.startsWith('#');
  for (const length of lengths) {
    const cut = front ? value.slice(0, length) : value.slice(value.length - length);
    if (expression.test(cut))
      return front ? value.slice(length) : value.slice(0, value.length - length);
  }
  return value;
}
