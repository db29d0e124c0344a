// SPDX-License-Identifier: Apache-2.0
import type { Command } from './syntax.ts';

/** Where a command reads and writes. */
export interface Streams {
  /** All of standard input. */
  readonly stdin: string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Variables, functions and parameters of one shell; a subshell works on a copy. */
export class ShellState {
  readonly variables: Map<string, string>;
  readonly functions: Map<string, Command>;
  /** Name the shell was called by, `$0`. */
  readonly name: string;
  parameters: readonly string[];
  /** Exit code of the last pipeline, `$?`. */
  status = 0;

  constructor(name: string, parameters: readonly string[]) {
    this.name = name;
    this.parameters = parameters;
    this.variables = new Map([
      ['IFS', ' \t\n'],
      ['PATH', '/usr/sbin:/usr/bin:/sbin:/bin'],
    ]);
    this.functions = new Map();
  }

  /** A copy for a subshell. */
  fork(): ShellState {
    const copy = new ShellState(this.name, this.parameters);
    copy.variables.clear();
    for (const [name, value] of this.variables) copy.variables.set(name, value);
    for (const [name, body] of this.functions) copy.functions.set(name, body);
    copy.status = this.status;
    return copy;
  }

  /** Value of a variable or a special parameter other than `@` and `*`; undefined when unset. */
  lookup(name: string): string | undefined {
    switch (name) {
      case '?':
        return String(this.status);
      case '#':
        return String(this.parameters.length);
      case '$':
        return '1';
      case '!':
      case '-':
        return '';
      case '0':
        return this.name;
      default:
        return /^[0-9]+$/.test(name) ? this.parameters[Number(name) - 1] : this.variables.get(name);
    }
  }
}

/** Leaves the shell, a function or a loop. */
export class ControlFlow extends Error {
  readonly kind: 'exit' | 'return' | 'break' | 'continue';
  /** Exit code, or for `break` and `continue` the number of loops. */
  readonly value: number;

  constructor(kind: ControlFlow['kind'], value: number) {
    super(kind);
    this.name = 'ControlFlow';
    this.kind = kind;
    this.value = value;
  }
}
