// SPDX-License-Identifier: Apache-2.0
import type { AndOr, Command, Pipeline, Redirection, Script, Word } from './syntax.ts';
import { WordReader } from './word-reader.ts';

const RESERVED = new Set([
  'if',
  'then',
  'elif',
  'else',
  'fi',
  'while',
  'until',
  'do',
  'done',
  'for',
  'case',
  'esac',
  '{',
  '}',
  '!',
]);

/**
 * Parses a POSIX shell script: lists, pipelines, functions, compound commands, redirections.
 * Here-documents and arithmetic are not modelled. A background job runs at once and to its end.
 *
 * @throws ShellSyntaxError
 */
export function parseScript(text: string): Script {
  return new Parser(text).parseWhole();
}

function inSubshell(list: AndOr): AndOr {
  const commands = [{ kind: 'subshell', body: [list], redirections: [] } as const];
  return [{ pipeline: { negated: false, commands } }];
}

class Parser extends WordReader {
  parseWhole(): Script {
    const script = this.parseList(new Set());
    if (!this.atEnd()) this.failAt();
    return script;
  }

  protected parseApart(text: string): Script {
    return parseScript(text);
  }

  protected parseSubstitution(): Script {
    const script = this.parseList(new Set([')']));
    if (!this.take(')')) this.failAt();
    return script;
  }

  /** Parses commands until one of the given reserved words or characters stands where a command could. */
  private parseList(ends: ReadonlySet<string>): Script {
    const script: AndOr[] = [];
    for (;;) {
      this.skipNewlines();
      if (this.atEnd() || ends.has(this.peek()) || ends.has(this.peekWord())) return script;
      const list = this.parseAndOr();
      this.skipBlanks();
      if (this.take('&')) {
        script.push(inSubshell(list));
        continue;
      }
      script.push(list);
      if (this.startsWith(';;')) return script;
      if (!this.take(';') && !this.take('\n') && !this.atEnd() && !ends.has(this.peek()))
        this.failAt();
    }
  }

  private skipNewlines(): void {
    do this.skipBlanks();
    while (this.take('\n'));
  }

  private parseAndOr(): AndOr {
    const items: { operator?: '&&' | '||'; pipeline: Pipeline }[] = [
      { pipeline: this.parsePipeline() },
    ];
    for (;;) {
      this.skipBlanks();
      const operator = (['&&', '||'] as const).find((text) => this.take(text));
      if (operator === undefined) return items;
      this.skipNewlines();
      items.push({ operator, pipeline: this.parsePipeline() });
    }
  }

  private parsePipeline(): Pipeline {
    this.skipBlanks();
    const negated = this.takeWord('!');
    const commands = [this.parseCommand()];
    for (;;) {
      this.skipBlanks();
      if (this.startsWith('||') || !this.take('|')) return { negated, commands };
      this.skipNewlines();
      commands.push(this.parseCommand());
    }
  }

  private parseCommand(): Command {
    this.skipBlanks();
    if (this.take('(')) return this.withRedirections('subshell', this.parseSubstitution());
    switch (this.peekWord()) {
      case '{': {
        this.expectWord('{');
        const body = this.parseList(new Set(['}']));
        this.expectWord('}');
        return this.withRedirections('group', body);
      }
      case 'if':
        return this.parseIf();
      case 'while':
      case 'until':
        return this.parseLoop();
      case 'for':
        return this.parseFor();
      case 'case':
        return this.parseCase();
      default:
        return this.parseFunction() ?? this.parseSimple();
    }
  }

  private withRedirections(kind: 'group' | 'subshell', body: Script): Command {
    return { kind, body, redirections: this.parseRedirections() };
  }

  private parseIf(): Command {
    this.expectWord('if');
    const branches = [];
    do {
      const condition = this.parseList(new Set(['then']));
      this.expectWord('then');
      branches.push({ condition, body: this.parseList(new Set(['elif', 'else', 'fi'])) });
    } while (this.takeWord('elif'));
    const otherwise = this.takeWord('else') ? this.parseList(new Set(['fi'])) : undefined;
    this.expectWord('fi');
    const redirections = this.parseRedirections();
    return {
      kind: 'if',
      branches,
      ...(otherwise === undefined ? {} : { otherwise }),
      redirections,
    };
  }

  private parseLoop(): Command {
    const until = this.takeWord('until');
    if (!until) this.expectWord('while');
    const condition = this.parseList(new Set(['do']));
    const body = this.parseDoDone();
    return { kind: 'loop', until, condition, body, redirections: this.parseRedirections() };
  }

  private parseDoDone(): Script {
    this.skipNewlines();
    this.expectWord('do');
    const body = this.parseList(new Set(['done']));
    this.expectWord('done');
    return body;
  }

  private parseFor(): Command {
    this.expectWord('for');
    this.skipBlanks();
    const name =
      this.match(/^[A-Za-z_][A-Za-z0-9_]*/) ?? this.fail('Syntax error: Bad for loop variable');
    this.skipNewlines();
    const words = this.takeWord('in') ? this.parseWords() : undefined;
    this.skipBlanks();
    this.take(';');
    const body = this.parseDoDone();
    const redirections = this.parseRedirections();
    return { kind: 'for', name, ...(words === undefined ? {} : { words }), body, redirections };
  }

  private parseWords(): Word[] {
    const words: Word[] = [];
    for (;;) {
      this.skipBlanks();
      const word = this.readWord();
      if (word === undefined) return words;
      words.push(word);
    }
  }

  private parseCase(): Command {
    this.expectWord('case');
    this.skipBlanks();
    const subject = this.readWord() ?? this.failAt();
    this.skipNewlines();
    this.expectWord('in');
    const arms = [];
    this.skipNewlines();
    while (!this.takeWord('esac')) {
      this.take('(');
      const patterns: Word[] = [];
      do {
        this.skipBlanks();
        patterns.push(this.readWord() ?? this.failAt());
        this.skipBlanks();
      } while (this.take('|'));
      if (!this.take(')')) this.failAt();
      arms.push({ patterns, body: this.parseList(new Set(['esac'])) });
      this.take(';;');
      this.skipNewlines();
    }
    return { kind: 'case', subject, arms, redirections: this.parseRedirections() };
  }

  private parseFunction(): Command | undefined {
    const head = this.match(/^[A-Za-z_][A-Za-z0-9_]*[ \t]*\([ \t]*\)/);
    if (head === undefined) return undefined;
    this.skipNewlines();
    const name = head.replace(/[ \t(].*$/, '');
    return { kind: 'function', name, body: this.parseCommand(), redirections: [] };
  }

  private parseSimple(): Command {
    const line = this.line();
    const assignments = [];
    const words: Word[] = [];
    const redirections: Redirection[] = [];
    for (;;) {
      this.skipBlanks();
      const redirection = this.parseRedirection();
      if (redirection !== undefined) {
        redirections.push(redirection);
        continue;
      }
      const name = words.length === 0 ? this.readAssignmentName() : undefined;
      if (name !== undefined) {
        assignments.push({ name, value: this.readWord() ?? [] });
        continue;
      }
      if (words.length === 0 && RESERVED.has(this.peekWord())) break;
      const word = this.readWord();
      if (word === undefined) break;
      words.push(word);
    }
    if (assignments.length + words.length + redirections.length === 0) this.failAt();
    return { kind: 'simple', assignments, words, redirections, line };
  }

  private parseRedirections(): Redirection[] {
    const redirections: Redirection[] = [];
    for (;;) {
      this.skipBlanks();
      const redirection = this.parseRedirection();
      if (redirection === undefined) return redirections;
      redirections.push(redirection);
    }
  }

  private parseRedirection(): Redirection | undefined {
    const text = this.match(/^[0-9]?(<<|<|>>|>&|>)/);
    if (text === undefined) return undefined;
    const operator = text.replace(/^[0-9]/, '');
    if (operator === '<<') return this.fail('Here-documents are not modelled');
    this.skipBlanks();
    const target = this.readWord() ?? this.failAt();
    const number = /^[0-9]/.exec(text)?.[0];
    const fd = Number(number ?? (operator === '<' ? 0 : 1));
    return { fd, operator: operator as Redirection['operator'], target };
  }

  private peekWord(): string {
    return (
      /^(![ \t]|[{}]|[a-z]+)(?=[ \t\n;&|<>()]|$)/.exec(
        this.text.slice(this.position, this.position + 16),
      )?.[0] ?? ''
    );
  }

  private takeWord(word: string): boolean {
    this.skipBlanks();
    const next =
      word === '!'
        ? /^!(?=[ \t])/.test(this.text.slice(this.position, this.position + 2))
        : this.peekWord() === word;
    if (next) this.position += word.length;
    return next;
  }

  private expectWord(word: string): void {
    if (!this.takeWord(word)) this.failAt(word);
  }

  private failAt(expected?: string): never {
    const wanted = expected === undefined ? '' : ` (expecting "${expected}")`;
    if (this.atEnd()) return this.fail(`Syntax error: end of file unexpected${wanted}`);
    const found = this.peek() === '\n' ? 'newline' : `"${this.peekWord() || this.peek()}"`;
    return this.fail(`Syntax error: ${found} unexpected${wanted}`);
  }
}
