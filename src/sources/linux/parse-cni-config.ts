// SPDX-License-Identifier: Apache-2.0

import type { CniConfig } from '#model/kernel.ts';
import { LinuxParseError } from '#sources/linux/parse-error.ts';

const MAX_FILES = 200;
const LINE = /^(\/host)?\/etc\/cni\/net\.d\/([A-Za-z0-9._+@-]{1,200}):([a-z0-9-]{1,40})$/;

/**
 * Parses `grep -cH` (each file once, with a number) and `grep -oHw` (each name of a plug-in in it) over the files of the
 * CNI directory; `null` when there is none. One below `/host` is the node's, also where the image has its own.
 *
 * @throws LinuxParseError when a line is neither, or there are too many files
 */
export function parseCniConfig(counts: string, names: string): CniConfig | null {
  const listed = entriesOf(counts);
  const isHost = listed.some(({ host }) => host);
  const files = listed.filter(({ host }) => host === isHost);
  if (files.length === 0) return null;
  if (files.length > MAX_FILES) throw new LinuxParseError('grep -cH', 'names too many files');
  const found = entriesOf(names).filter(({ host }) => host === isHost);
  const named = files.map(({ file }) => {
    const plugins = found.flatMap((entry) => (entry.file === file ? [entry.text] : []));
    return Object.freeze({ name: file, plugins: Object.freeze([...new Set(plugins)].sort()) });
  });
  return Object.freeze({ files: Object.freeze(named) });
}

interface Entry {
  readonly host: boolean;
  readonly file: string;
  readonly text: string;
}

/** Sorted by file as Go sorts strings, which is how the runtime chooses (ConfFiles of CNI's library). */
function entriesOf(output: string): readonly Entry[] {
  const lines = output.split('\n').filter((line) => line !== '');
  const entries = lines.map((line): Entry => {
    const [, host, file, text] = LINE.exec(line) ?? [];
    if (file === undefined || text === undefined) {
      throw new LinuxParseError('grep -cH', 'names a file in a form that is not known');
    }
    return { host: host !== undefined, file, text };
  });
  return entries.sort((one, other) => (one.file < other.file ? -1 : 1));
}
