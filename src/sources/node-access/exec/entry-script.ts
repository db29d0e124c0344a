// SPDX-License-Identifier: Apache-2.0

/** Tables of the kernel that entries are written to. */
export type EntryTable = 'route' | 'neighbour' | 'fdb' | 'link';

/** One entry's place: what the kernel allows one of. */
export interface EntryPlace {
  readonly table: EntryTable;
  /** Absent for `fdb` and `link`. */
  readonly family?: 4 | 6;
  /** Destination, address, MAC or name of a link, in canonical form. */
  readonly key: string;
  /** Absent for `route` and `link`. */
  readonly link?: string;
}

/** How each table is asked for one entry. The words come as `$f`, `$k` and `$l`, which the shell does not read again. */
const SHOW: Readonly<Record<EntryTable, string>> = {
  route: 'show() { ip -d "-$f" route show table main exact "$k"; }',
  neighbour: 'show() { ip "-$f" neigh show to "$k" dev "$l" nud permanent; }',
  fdb: 'show() { a=$(bridge fdb show dev "$l") || return 1; printf "%s\\n" "$a" | grep -F "$k " || :; }',
  // Both tools say of a link that is not there that it cannot be found or does not exist; anything else is a failure.
  link: [
    'show() {',
    'a=$(ip link show dev "$k" 2>&1) || case $a in *"does not exist"*|*"find device"*) return 0;; *) return 1;; esac',
    'm=${a#* mtu }; printf "ifindex %s mtu %s\\n" "${a%%: *}" "${m%% *}"',
    '}',
  ].join('\n'),
};

/** The entry could not be read. */
export const UNREADABLE = 71;
/** The entry is not as it was expected; standard output holds it as it is. */
export const MOVED = 75;
/** The kernel or its tool refused the command. */
export const REFUSED = 76;

/**
 * A script that compares an entry with what is expected, runs one command if it is the same, and prints the entry.
 * Constant per table. Its parameters are family, key, link, the expected text, and the command's words.
 */
function writeScript(table: EntryTable): string {
  return [
    'f=$1; k=$2; l=$3; e=$4; shift 4',
    SHOW[table],
    `now=$(show) || exit ${String(UNREADABLE)}`,
    `if [ "$now" != "$e" ]; then printf "%s\\n" "$now"; exit ${String(MOVED)}; fi`,
    `if [ "$#" -gt 0 ]; then "$@" || exit ${String(REFUSED)}; fi`,
    `show || exit ${String(UNREADABLE)}`,
    '',
  ].join('\n');
}

/** A script that prints an entry; parameters as above, without the last two. */
function readScript(table: EntryTable): string {
  return ['f=$1; k=$2; l=$3', SHOW[table], `show || exit ${String(UNREADABLE)}`, ''].join('\n');
}

/** The command that prints an entry. */
export function readCommand(place: EntryPlace): readonly string[] {
  return ['sh', '-c', readScript(place.table), 'sh', ...placeWords(place)];
}

/**
 * The command that writes an entry in one exec, if it is still as expected.
 *
 * @param expected the entry's text as the tool printed it, without a last newline
 * @param argv words that {@link isEntryWord} takes
 */
export function writeCommand(
  place: EntryPlace,
  expected: string,
  argv: readonly string[],
): readonly string[] {
  const odd = argv.find((word) => !isEntryWord(word));
  if (odd !== undefined) throw new Error(`not a plain word: ${odd}`);
  return ['sh', '-c', writeScript(place.table), 'sh', ...placeWords(place), expected, ...argv];
}

function placeWords({ family, key, link = '' }: EntryPlace): readonly string[] {
  const words = [family === undefined ? '' : String(family), key, link];
  const odd = words.find((word) => word !== '' && !isEntryWord(word));
  if (odd !== undefined) throw new Error(`not a plain word: ${odd}`);
  return words;
}

/** Whether a word can be one of an entry command: no option of ours but a family, nothing that a shell would read. */
function isEntryWord(word: string): boolean {
  return /^(?:-[46]|[A-Za-z0-9][A-Za-z0-9_.:/-]{0,127})$/.test(word);
}
