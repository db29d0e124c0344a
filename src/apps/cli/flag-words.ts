// SPDX-License-Identifier: Apache-2.0

/** Values of flags by their names in camel case; absent ones were not given. */
export type GivenFlags = Readonly<Record<string, string | readonly string[] | true | undefined>>;

/** Flags as a person types them, for a command that is told to be run: `--max-risk cluster`. */
export function flagWords(flags: GivenFlags): readonly string[] {
  return Object.entries(flags).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const flag = `--${name.replace(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === true) return [flag];
    return [flag, shellWord(typeof value === 'string' ? value : value.join(','))];
  });
}

/** One word for a POSIX shell, quoted where it would read more into it. */
export function shellWord(text: string): string {
  return /^[\w.@:/+%,=-]+$/u.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
