// SPDX-License-Identifier: Apache-2.0
import type { ParameterOperator, Script, Word, WordPart } from './syntax.ts';
import { ShellSyntaxError } from './syntax.ts';

const BLANK = /[ \t]/;
const ENDS_WORD = /[ \t\n;&|<>()]/;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*/;
const PARAMETER = /^([A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-])/;
const SHORT_PARAMETER = /^([A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-])/;
const OPERATOR = /^(:?[-=+?]|##?|%%?)/;

/** Reads characters and words of a script; the parser of commands builds on it. */
export abstract class WordReader {
  protected readonly text: string;
  protected position = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Parses the script inside `$(…)`, up to its closing parenthesis. */
  protected abstract parseSubstitution(): Script;

  /** Parses a whole script apart from this one. */
  protected abstract parseApart(text: string): Script;

  protected peek(): string {
    return this.text[this.position] ?? '';
  }

  protected atEnd(): boolean {
    return this.position >= this.text.length;
  }

  protected startsWith(text: string): boolean {
    return this.text.startsWith(text, this.position);
  }

  protected take(text: string): boolean {
    if (!this.startsWith(text)) return false;
    this.position += text.length;
    return true;
  }

  protected match(pattern: RegExp): string | undefined {
    const found = pattern.exec(this.text.slice(this.position, this.position + 256))?.[0];
    if (found !== undefined) this.position += found.length;
    return found;
  }

  protected line(): number {
    return this.text.slice(0, this.position).split('\n').length;
  }

  protected fail(message: string): never {
    throw new ShellSyntaxError(message, this.line());
  }

  /** Skips blanks, joined lines and a comment. */
  protected skipBlanks(): void {
    for (;;) {
      if (BLANK.test(this.peek())) this.position += 1;
      else if (this.startsWith('\\\n')) this.position += 2;
      else break;
    }
    if (this.peek() === '#') {
      while (!this.atEnd() && this.peek() !== '\n') this.position += 1;
    }
  }

  /** Reads one word; undefined when none begins here. */
  protected readWord(): Word | undefined {
    const parts: WordPart[] = [];
    const start = this.position;
    while (!this.atEnd() && !ENDS_WORD.test(this.peek())) this.readPart(parts, /[ \t\n;&|<>()]/);
    return this.position === start ? undefined : parts;
  }

  private readPart(parts: WordPart[], stop: RegExp): void {
    const character = this.peek();
    if (character === "'") this.readSingleQuoted(parts);
    else if (character === '"') this.readDoubleQuoted(parts);
    else if (character === '\\') this.readEscaped(parts);
    else if (character === '$' || character === '`') this.readExpansion(parts, false);
    else parts.push({ kind: 'literal', text: this.readPlain(stop), quoted: false });
  }

  private readPlain(stop: RegExp): string {
    const start = this.position;
    do this.position += 1;
    while (!this.atEnd() && !/['"\\$`]/.test(this.peek()) && !stop.test(this.peek()));
    return this.text.slice(start, this.position);
  }

  private readSingleQuoted(parts: WordPart[]): void {
    const end = this.text.indexOf("'", this.position + 1);
    if (end === -1) this.failUnterminated();
    parts.push({ kind: 'literal', text: this.text.slice(this.position + 1, end), quoted: true });
    this.position = end + 1;
  }

  private readEscaped(parts: WordPart[]): void {
    const next = this.text[this.position + 1];
    this.position += 2;
    if (next === '\n') return;
    parts.push({ kind: 'literal', text: next ?? '\\', quoted: true });
  }

  private readDoubleQuoted(parts: WordPart[]): void {
    this.position += 1;
    // "" is a word, though an empty one.
    parts.push({ kind: 'literal', text: '', quoted: true });
    while (!this.take('"')) {
      if (this.atEnd()) this.failUnterminated();
      if (this.peek() === '\\') this.readQuotedEscape(parts);
      else if (this.peek() === '$' || this.peek() === '`') this.readExpansion(parts, true);
      else parts.push({ kind: 'literal', text: this.readQuotedPlain(), quoted: true });
    }
  }

  private readQuotedEscape(parts: WordPart[]): void {
    const next = this.text[this.position + 1] ?? '';
    this.position += 2;
    if (next === '\n') return;
    const text = /[$`"\\]/.test(next) ? next : `\\${next}`;
    parts.push({ kind: 'literal', text, quoted: true });
  }

  private readQuotedPlain(): string {
    const start = this.position;
    while (!this.atEnd() && !/["\\$`]/.test(this.peek())) this.position += 1;
    return this.text.slice(start, this.position);
  }

  private readExpansion(parts: WordPart[], quoted: boolean): void {
    if (this.take('`')) {
      parts.push({ kind: 'command', script: this.parseApart(this.readBackquoted()), quoted });
      return;
    }
    this.position += 1;
    if (this.startsWith('((')) this.fail('Arithmetic expansion is not modelled');
    if (this.take('(')) {
      parts.push({ kind: 'command', script: this.parseSubstitution(), quoted });
    } else if (this.take('{')) {
      parts.push(this.readBraced(quoted));
    } else {
      const name = this.match(SHORT_PARAMETER);
      if (name === undefined) parts.push({ kind: 'literal', text: '$', quoted });
      else parts.push({ kind: 'parameter', name, quoted });
    }
  }

  private readBackquoted(): string {
    let body = '';
    while (!this.take('`')) {
      if (this.atEnd()) this.fail('Syntax error: EOF in backquote substitution');
      if (this.peek() === '\\' && /[$`\\]/.test(this.text[this.position + 1] ?? '')) {
        this.position += 1;
      }
      body += this.peek();
      this.position += 1;
    }
    return body;
  }

  private readBraced(quoted: boolean): WordPart {
    const length = this.peek() === '#' && !this.startsWith('#}');
    if (length) this.position += 1;
    const name = this.match(PARAMETER) ?? this.fail('Bad substitution');
    if (this.take('}')) return { kind: 'parameter', name, quoted, ...(length ? { length } : {}) };
    const operator = this.match(OPERATOR);
    if (operator === undefined || length) return this.fail('Bad substitution');
    const word: WordPart[] = [];
    while (!this.take('}')) {
      if (this.atEnd()) this.fail("Syntax error: Missing '}'");
      this.readPart(word, /\}/);
    }
    return { kind: 'parameter', name, quoted, operator: operator as ParameterOperator, word };
  }

  private failUnterminated(): never {
    throw new ShellSyntaxError(
      'Syntax error: Unterminated quoted string',
      this.text.split('\n').length,
    );
  }

  /** Reads a name that is followed by `=`, as the beginning of an assignment. */
  protected readAssignmentName(): string | undefined {
    const rest = this.text.slice(this.position, this.position + 256);
    const name = NAME.exec(rest)?.[0];
    if (name === undefined || rest[name.length] !== '=') return undefined;
    this.position += name.length + 1;
    return name;
  }
}
