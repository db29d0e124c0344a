// SPDX-License-Identifier: Apache-2.0
import type { ExecResult } from '#simulation/workload-backend.ts';
import type { BuiltinShell } from './builtins.ts';
import { BUILTINS } from './builtins.ts';
import type { ExpansionContext } from './expansion.ts';
import { expandPieces, expandText, expandWords } from './expansion.ts';
import { parseScript } from './parser.ts';
import { patternSource } from './pattern.ts';
import type { Machine } from './program.ts';
import { ControlFlow, ShellState } from './shell-state.ts';
import type { Streams } from './shell-state.ts';
import type { AndOr, Command, Pipeline, Redirection, Script } from './syntax.ts';
import { ShellSyntaxError } from './syntax.ts';

/** Iterations of one loop after which a script counts as one that never ends. */
const LOOP_LIMIT = 100_000;
/** Nested function calls and substitutions after which a script counts as one that never ends. */
const DEPTH_LIMIT = 200;

/** How a shell is called: `sh -c script name parameters…`. */
export interface ShellCall {
  readonly script: string;
  /** `$0`; default `sh`. */
  readonly name?: string;
  readonly parameters?: readonly string[];
  readonly stdin?: string;
}

/** Runs a script on a machine, as dash does. Never throws for what the script does. */
export function runShell(machine: Machine, call: ShellCall): ExecResult {
  const output: string[] = [];
  const errors: string[] = [];
  const streams: Streams = {
    stdin: call.stdin ?? '',
    out: (text) => output.push(text),
    err: (text) => errors.push(text),
  };
  const state = new ShellState(call.name ?? 'sh', call.parameters ?? []);
  const exitCode = runText(call.script, new Shell(machine, state, 0), streams);
  return { stdout: output.join(''), stderr: errors.join(''), exitCode };
}

function runText(text: string, shell: Shell, streams: Streams): number {
  try {
    return shell.runScript(parseScript(text), streams);
  } catch (error) {
    if (error instanceof ShellSyntaxError) {
      streams.err(`${shell.state.name}: ${String(error.line)}: ${error.message}\n`);
      return 2;
    }
    if (error instanceof ControlFlow)
      return error.kind === 'exit' ? error.value : shell.state.status;
    throw error;
  }
}

/** One shell process. Built-in commands use it too. */
class Shell implements BuiltinShell {
  readonly machine: Machine;
  readonly state: ShellState;
  readonly #depth: number;

  constructor(machine: Machine, state: ShellState, depth: number) {
    this.machine = machine;
    this.state = state;
    this.#depth = depth;
  }

  /** Runs a parsed script in this shell; returns the status of its last command. */
  runScript(script: Script, streams: Streams): number {
    for (const list of script) this.#runAndOr(list, streams);
    return this.state.status;
  }

  /** Runs a text in this shell, as `eval` does. */
  readonly evaluate = (text: string, streams: Streams): number =>
    this.runScript(parseScript(text), streams);

  #runAndOr(list: AndOr, streams: Streams): void {
    for (const { operator, pipeline } of list) {
      const succeeded = this.state.status === 0;
      if (operator === '&&' && !succeeded) continue;
      if (operator === '||' && succeeded) continue;
      const status = this.#runPipeline(pipeline, streams);
      this.state.status = pipeline.negated ? Number(status === 0) : status;
    }
  }

  #runPipeline({ commands }: Pipeline, streams: Streams): number {
    const [only] = commands;
    if (commands.length === 1 && only !== undefined) return this.#runCommand(only, streams);
    let { stdin } = streams;
    let status = 0;
    commands.forEach((command, index) => {
      const output: string[] = [];
      const last = index === commands.length - 1;
      const out = last ? streams.out : (text: string) => void output.push(text);
      const err = streams.err;
      status = this.#inSubshell((shell) => shell.#runCommand(command, { stdin, out, err }));
      stdin = output.join('');
    });
    return status;
  }

  #inSubshell(run: (shell: Shell) => number): number {
    if (this.#depth >= DEPTH_LIMIT) throw new ControlFlow('exit', 2);
    const shell = new Shell(this.machine, this.state.fork(), this.#depth + 1);
    try {
      return run(shell);
    } catch (error) {
      if (error instanceof ControlFlow) {
        return error.kind === 'exit' ? error.value : shell.state.status;
      }
      throw error;
    }
  }

  #runCommand(command: Command, streams: Streams): number {
    const redirected = this.#redirect(command.redirections, streams);
    if (redirected === undefined) return 2;
    switch (command.kind) {
      case 'simple':
        return this.#runSimple(command, redirected);
      case 'group':
        return this.runScript(command.body, redirected);
      case 'subshell':
        return this.#inSubshell((shell) => shell.runScript(command.body, redirected));
      case 'if':
        return this.#runIf(command, redirected);
      case 'loop':
        return this.#runLoop(command, redirected);
      case 'for':
        return this.#runFor(command, redirected);
      case 'case':
        return this.#runCase(command, redirected);
      case 'function':
        this.state.functions.set(command.name, command.body);
        return 0;
    }
  }

  #context(streams: Streams): ExpansionContext {
    return {
      state: this.state,
      status: this.state.status,
      files: this.machine.files,
      streams,
      substitute: (script) => {
        const output: string[] = [];
        const inner: Streams = {
          stdin: streams.stdin,
          out: (text) => output.push(text),
          err: streams.err,
        };
        this.state.status = this.#inSubshell((shell) => shell.runScript(script, inner));
        return output.join('');
      },
    };
  }

  #runSimple(command: Extract<Command, { kind: 'simple' }>, streams: Streams): number {
    const context = this.#context(streams);
    // A command without a name has the status of its last substitution, or success.
    this.state.status = 0;
    const [name, ...args] = expandWords(command.words, context);
    for (const { name: variable, value } of command.assignments) {
      this.state.variables.set(variable, expandText(value, context));
    }
    if (name === undefined) return this.state.status;
    this.state.status = context.status;
    return this.#call(name, args, streams, command.line);
  }

  #call(name: string, args: readonly string[], streams: Streams, line: number): number {
    const body = this.state.functions.get(name);
    if (body !== undefined) return this.#callFunction(body, args, streams);
    const builtin = BUILTINS.get(name);
    if (builtin !== undefined) return builtin(this, args, streams);
    const program = this.machine.programs.get(name);
    if (program === undefined) {
      streams.err(`${this.state.name}: ${String(line)}: ${name}: not found\n`);
      return 127;
    }
    return program({
      args,
      stdin: streams.stdin,
      files: this.machine.files,
      out: streams.out,
      err: streams.err,
    });
  }

  #callFunction(body: Command, args: readonly string[], streams: Streams): number {
    if (this.#depth >= DEPTH_LIMIT) throw new ControlFlow('exit', 2);
    const saved = this.state.parameters;
    this.state.parameters = args;
    const frame = new Shell(this.machine, this.state, this.#depth + 1);
    try {
      return frame.#runCommand(body, streams);
    } catch (error) {
      if (error instanceof ControlFlow && error.kind === 'return') return error.value;
      throw error;
    } finally {
      this.state.parameters = saved;
    }
  }

  #runIf(command: Extract<Command, { kind: 'if' }>, streams: Streams): number {
    for (const { condition, body } of command.branches) {
      if (this.runScript(condition, streams) === 0) return this.#runBody(body, streams);
    }
    return command.otherwise === undefined ? 0 : this.#runBody(command.otherwise, streams);
  }

  #runBody(body: Script, streams: Streams): number {
    this.state.status = 0;
    return this.runScript(body, streams);
  }

  #runLoop(command: Extract<Command, { kind: 'loop' }>, streams: Streams): number {
    let status = 0;
    for (let round = 0; round < LOOP_LIMIT; round += 1) {
      if ((this.runScript(command.condition, streams) === 0) === command.until) return status;
      if (this.#iterate(() => (status = this.runScript(command.body, streams)))) return 0;
    }
    throw new ControlFlow('exit', 137);
  }

  #runFor(command: Extract<Command, { kind: 'for' }>, streams: Streams): number {
    const { name, words, body } = command;
    const values =
      words === undefined ? this.state.parameters : expandWords(words, this.#context(streams));
    let status = 0;
    for (const value of values) {
      this.state.variables.set(name, value);
      if (this.#iterate(() => (status = this.runScript(body, streams)))) return 0;
    }
    return status;
  }

  /** Runs one round of a loop; true when the loop was left. */
  #iterate(round: () => void): boolean {
    try {
      round();
      return false;
    } catch (error) {
      if (!(error instanceof ControlFlow) || !['break', 'continue'].includes(error.kind))
        throw error;
      if (error.value > 1) throw new ControlFlow(error.kind, error.value - 1);
      return error.kind === 'break';
    }
  }

  #runCase(command: Extract<Command, { kind: 'case' }>, streams: Streams): number {
    const context = this.#context(streams);
    const subject = expandText(command.subject, context);
    for (const { patterns, body } of command.arms) {
      const matched = patterns.some((pattern) =>
        new RegExp(`^(?:${patternSource(expandPieces(pattern, context))})$`).test(subject),
      );
      if (matched) return this.#runBody(body, streams);
    }
    return 0;
  }

  #redirect(redirections: readonly Redirection[], streams: Streams): Streams | undefined {
    let current = streams;
    for (const { fd, operator, target } of redirections) {
      const name = expandText(target, this.#context(streams));
      const next =
        operator === '<'
          ? this.#redirectInput(name, current)
          : this.#redirectOutput(fd, operator, name, current);
      if (next === undefined) {
        const verb = operator === '<' ? 'open' : 'create';
        const reason = operator === '<' ? 'No such file' : 'Directory nonexistent';
        streams.err(`${this.state.name}: 1: cannot ${verb} ${name}: ${reason}\n`);
        return undefined;
      }
      current = next;
    }
    return current;
  }

  #redirectInput(name: string, streams: Streams): Streams | undefined {
    const file = name === '/dev/null' ? { content: '' } : this.machine.files.read(name);
    return 'content' in file ? { ...streams, stdin: file.content } : undefined;
  }

  #redirectOutput(
    fd: number,
    operator: Redirection['operator'],
    name: string,
    streams: Streams,
  ): Streams | undefined {
    const writer = this.#writer(operator, name, streams);
    if (writer === undefined) return undefined;
    return { ...streams, ...(fd === 2 ? { err: writer } : { out: writer }) };
  }

  #writer(
    operator: Redirection['operator'],
    name: string,
    streams: Streams,
  ): ((text: string) => void) | undefined {
    if (operator === '>&') {
      if (name === '1') return streams.out;
      return name === '2' ? streams.err : undefined;
    }
    if (name === '/dev/null') return () => undefined;
    const { files } = this.machine;
    const existing = files.read(name);
    let content = operator === '>>' && 'content' in existing ? existing.content : '';
    if (files.write(name, content) !== undefined) return undefined;
    return (text) => {
      content += text;
      files.write(name, content);
    };
  }
}
