// SPDX-License-Identifier: Apache-2.0

/** Operators of `${name OP word}`. */
export type ParameterOperator =
  ':-' | '-' | ':=' | '=' | ':+' | '+' | ':?' | '?' | '#' | '##' | '%' | '%%';

/** Piece of a word. Quoted pieces are neither split nor globbed. */
export type WordPart =
  | { readonly kind: 'literal'; readonly text: string; readonly quoted: boolean }
  | {
      readonly kind: 'parameter';
      readonly name: string;
      readonly quoted: boolean;
      readonly operator?: ParameterOperator;
      readonly word?: Word;
      /** `${#name}` */
      readonly length?: boolean;
    }
  | { readonly kind: 'command'; readonly script: Script; readonly quoted: boolean };

/** A word before expansion. */
export type Word = readonly WordPart[];

/** `[fd]OPERATOR target`. */
export interface Redirection {
  readonly fd: number;
  readonly operator: '<' | '>' | '>>' | '>&';
  readonly target: Word;
}

/** A command with its redirections. */
export type Command =
  | {
      readonly kind: 'simple';
      readonly assignments: readonly { readonly name: string; readonly value: Word }[];
      readonly words: readonly Word[];
      readonly redirections: readonly Redirection[];
      /** Line of its first word, from 1. */
      readonly line: number;
    }
  | {
      readonly kind: 'group' | 'subshell';
      readonly body: Script;
      readonly redirections: readonly Redirection[];
    }
  | {
      readonly kind: 'if';
      readonly branches: readonly { readonly condition: Script; readonly body: Script }[];
      readonly otherwise?: Script;
      readonly redirections: readonly Redirection[];
    }
  | {
      readonly kind: 'loop';
      /** `until` turns the condition round. */
      readonly until: boolean;
      readonly condition: Script;
      readonly body: Script;
      readonly redirections: readonly Redirection[];
    }
  | {
      readonly kind: 'for';
      readonly name: string;
      /** Absent: the positional parameters. */
      readonly words?: readonly Word[];
      readonly body: Script;
      readonly redirections: readonly Redirection[];
    }
  | {
      readonly kind: 'case';
      readonly subject: Word;
      readonly arms: readonly { readonly patterns: readonly Word[]; readonly body: Script }[];
      readonly redirections: readonly Redirection[];
    }
  | {
      readonly kind: 'function';
      readonly name: string;
      readonly body: Command;
      readonly redirections: readonly Redirection[];
    };

/** Commands joined by `|`. */
export interface Pipeline {
  readonly negated: boolean;
  readonly commands: readonly Command[];
}

/** Pipelines joined by `&&` and `||`; the operator stands before its pipeline, the first has none. */
export type AndOr = readonly { readonly operator?: '&&' | '||'; readonly pipeline: Pipeline }[];

/** Lists one after the other. */
export type Script = readonly AndOr[];

/** A script that the shell cannot read; the message is dash's, without its name. */
export class ShellSyntaxError extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.name = 'ShellSyntaxError';
    this.line = line;
  }
}
