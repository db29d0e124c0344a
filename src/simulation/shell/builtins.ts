// SPDX-License-Identifier: Apache-2.0
import { formatPrintf } from './printf.ts';
import type { Machine } from './program.ts';
import { ControlFlow } from './shell-state.ts';
import type { ShellState, Streams } from './shell-state.ts';
import { evaluateTest } from './test-expression.ts';

/** What a command of the shell itself can work on. */
export interface BuiltinShell {
  readonly machine: Machine;
  readonly state: ShellState;
  /** Runs a text in this shell. */
  readonly evaluate: (text: string, streams: Streams) => number;
}

/** A command of the shell itself; returns its status. */
export type Builtin = (shell: BuiltinShell, args: readonly string[], streams: Streams) => number;

/** Commands that dash has built in, as far as they are modelled. */
export const BUILTINS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [':', () => 0],
  ['wait', () => 0],
  ['true', () => 0],
  ['false', () => 1],
  ['echo', echo],
  ['printf', printf],
  ['test', (shell, args, streams) => test(shell, 'test', args, streams)],
  ['[', bracket],
  ['shift', shift],
  ['set', set],
  ['unset', unset],
  ['export', exportVariables],
  ['readonly', exportVariables],
  ['local', exportVariables],
  ['eval', (shell, args, streams) => shell.evaluate(args.join(' '), streams)],
  ['command', command],
  ['exit', (shell, [code]) => leave('exit', Number(code ?? shell.state.status))],
  ['return', (shell, [code]) => leave('return', Number(code ?? shell.state.status))],
  ['break', (_shell, [loops = '1']) => leave('break', Number(loops))],
  ['continue', (_shell, [loops = '1']) => leave('continue', Number(loops))],
]);

function leave(kind: ControlFlow['kind'], value: number): never {
  throw new ControlFlow(kind, kind === 'exit' || kind === 'return' ? value & 255 : value);
}

/** dash's echo knows `-n` and interprets backslashes. */
function echo(_shell: BuiltinShell, args: readonly string[], { out }: Streams): number {
  const quiet = args[0] === '-n';
  const text = (quiet ? args.slice(1) : args).join(' ');
  out(`${formatPrintf('%b', [text]).text}${quiet ? '' : '\n'}`);
  return 0;
}

function printf(
  shell: BuiltinShell,
  [format = '', ...args]: readonly string[],
  streams: Streams,
): number {
  const { text, problem } = formatPrintf(format, args);
  streams.out(text);
  if (problem === undefined) return 0;
  streams.err(`${shell.state.name}: 1: printf: ${problem}\n`);
  return 1;
}

function bracket(shell: BuiltinShell, args: readonly string[], streams: Streams): number {
  if (args.at(-1) !== ']') {
    streams.err(`${shell.state.name}: 1: [: missing ]\n`);
    return 2;
  }
  return test(shell, '[', args.slice(0, -1), streams);
}

function test(
  shell: BuiltinShell,
  name: string,
  args: readonly string[],
  streams: Streams,
): number {
  const result = evaluateTest(args, shell.machine.files);
  if (typeof result === 'boolean') return result ? 0 : 1;
  streams.err(`${shell.state.name}: 1: ${name}: ${result.problem}\n`);
  return 2;
}

function shift(shell: BuiltinShell, [count = '1']: readonly string[], streams: Streams): number {
  const { state } = shell;
  if (Number(count) > state.parameters.length) {
    streams.err(`${state.name}: 1: shift: can't shift that many\n`);
    throw new ControlFlow('exit', 2);
  }
  state.parameters = state.parameters.slice(Number(count));
  return 0;
}

/** `set -- words`; options are accepted and have no effect but `--`. */
function set({ state }: BuiltinShell, args: readonly string[]): number {
  const separator = args.indexOf('--');
  if (separator !== -1) state.parameters = args.slice(separator + 1);
  else if (args[0] !== undefined && !/^[-+]/.test(args[0])) state.parameters = args;
  return 0;
}

function unset({ state }: BuiltinShell, args: readonly string[]): number {
  for (const name of args) state.variables.delete(name);
  return 0;
}

function exportVariables({ state }: BuiltinShell, args: readonly string[]): number {
  for (const word of args) {
    const equals = word.indexOf('=');
    if (equals > 0) state.variables.set(word.slice(0, equals), word.slice(equals + 1));
  }
  return 0;
}

function command(shell: BuiltinShell, args: readonly string[], streams: Streams): number {
  const [option, name = ''] = args;
  if (option !== '-v') return shell.evaluate(args.map(quote).join(' '), streams);
  if (BUILTINS.has(name)) streams.out(`${name}\n`);
  else if (shell.machine.programs.has(name)) streams.out(`/usr/bin/${name}\n`);
  else return 127;
  return 0;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
