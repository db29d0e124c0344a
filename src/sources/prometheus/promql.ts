// SPDX-License-Identifier: Apache-2.0

/** What a label has to be. */
export type Matcher =
  | { readonly is: string }
  | { readonly isNone: readonly string[] }
  /** This text, or this text, a hyphen and anything: a workload's name in its pods' names. */
  | { readonly begins: string }
  /** The cgroup above all others, which is the whole node. */
  | { readonly isRootCgroup: true };

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]{0,127}$/u;
/** What names in Kubernetes consist of, and the empty text. Nothing of it means anything in a string or pattern but the dot. */
const VALUE = /^[A-Za-z0-9._-]{0,253}$/u;

/**
 * A selector of PromQL (prometheus@v3.5:promql/parser/lex.go). Values are held by a grammar of their own, which knows
 * nothing that could end a string.
 *
 * @throws RangeError for a name or value outside of it
 */
export function selector(metric: string, matchers: Readonly<Record<string, Matcher>>): string {
  const parts = Object.entries(matchers).flatMap(([label, matcher]) => {
    const name = held(NAME, label);
    if ('is' in matcher) return `${name}="${held(VALUE, matcher.is)}"`;
    if ('isNone' in matcher) return matcher.isNone.map((each) => `${name}!="${held(VALUE, each)}"`);
    if ('isRootCgroup' in matcher) return `${name}="/"`;
    return `${name}=~"${held(VALUE, matcher.begins).replaceAll('.', '[.]')}(-.*)?"`;
  });
  return `${held(NAME, metric)}{${parts.join(',')}}`;
}

/** Whether a text can be a label's value in a selector. */
export function isLabelValue(text: string): boolean {
  return VALUE.test(text);
}

function held(grammar: RegExp, text: string): string {
  if (grammar.test(text)) return text;
  throw new RangeError('neither a name nor a value that Selvage asks for');
}
