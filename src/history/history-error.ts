// SPDX-License-Identifier: Apache-2.0

/** Why the history cannot be used. */
export type HistoryErrorCode =
  'unreadable' | 'read-only' | 'full' | 'busy' | 'damaged' | 'foreign' | 'too-new' | 'failed';

interface ErrorEntry {
  readonly what: string;
  readonly why: string;
  /** `FILE` stands for the file. */
  readonly hint: string;
}

const CATALOGUE: Readonly<Record<HistoryErrorCode, ErrorEntry>> = {
  unreadable: {
    what: 'the history cannot be opened',
    why: 'The file or its folder may not be read by this user, or is of another kind.',
    hint: 'Look at it with: ls -l FILE',
  },
  'read-only': {
    what: 'the history cannot be written',
    why: 'The file or its folder may not be written by this user, or lies on a read-only disk.',
    hint: 'Look at it with: ls -l FILE, or set XDG_STATE_HOME to a folder that can be written.',
  },
  full: {
    what: 'there is no room for the history',
    why: 'The disk is full, or the history has reached its greatest size; what it holds is still there.',
    hint: 'Make room on the disk of FILE.',
  },
  busy: {
    what: 'the history is in use',
    why: 'Another Selvage has been writing to it for longer than this one waited.',
    hint: 'Run again; if it stays, look for who holds it with: lsof FILE',
  },
  damaged: {
    what: 'the history is damaged',
    why: 'Something other than Selvage wrote to the file, or its disk lost a part of it.',
    hint: 'Nothing was changed. To begin anew and keep the old one: mv FILE FILE.damaged',
  },
  foreign: {
    what: 'the file is no history of Selvage',
    why: 'Another program made this database.',
    hint: 'Nothing was changed. Move it away if nobody needs it there: mv FILE FILE.other',
  },
  'too-new': {
    what: 'the history is of a newer version',
    why: 'A newer Selvage wrote it, and this one would misread it.',
    hint: 'Nothing was changed. Use the version that wrote it, or a newer one.',
  },
  failed: {
    what: 'the history failed',
    why: 'SQLite gave an error that Selvage does not know.',
    hint: 'Run again; if it stays, look at the disk of FILE.',
  },
};

/** The history cannot be used. `message` is one line; `why` and `hint` are whole sentences. */
export class HistoryError extends Error {
  override readonly name = 'HistoryError';
  readonly code: HistoryErrorCode;
  readonly file: string;
  readonly why: string;
  readonly hint: string;

  constructor(code: HistoryErrorCode, file: string, detail?: string) {
    const { what, why, hint } = CATALOGUE[code];
    super(`${file}: ${what}${detail === undefined ? '' : ` (${detail})`}.`);
    this.code = code;
    this.file = file;
    this.why = why;
    this.hint = hint.replaceAll('FILE', file);
  }
}

// cspell:ignore errcode IOERR lsof

/** Primary result codes of SQLite, https://www.sqlite.org/rescode.html. */
const OF_SQLITE: Readonly<Record<number, HistoryErrorCode>> = {
  3: 'unreadable',
  5: 'busy',
  6: 'busy',
  8: 'read-only',
  11: 'damaged',
  13: 'full',
  14: 'unreadable',
  26: 'damaged',
};
const OF_SYSTEM: Readonly<Record<string, HistoryErrorCode>> = {
  EACCES: 'read-only',
  EPERM: 'read-only',
  EROFS: 'read-only',
  ENOSPC: 'full',
  EDQUOT: 'full',
};
/** SQLITE_IOERR_WRITE, _FSYNC and _TRUNCATE: what a full disk gives where it is found late. */
const FAILED_WRITES: ReadonlySet<number> = new Set([778, 1034, 1546]);

/** What SQLite or the file system threw, as an error of the history; faults of Selvage itself stay as they are. */
export function asHistoryError(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const code = typeof error.code === 'string' ? error.code : '';
  if (code === 'ERR_SQLITE_ERROR') {
    const number = 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : 0;
    const known = FAILED_WRITES.has(number) ? 'full' : OF_SQLITE[number & 0xff];
    return new HistoryError(known ?? 'failed', file, error.message);
  }
  return 'syscall' in error ? new HistoryError(OF_SYSTEM[code] ?? 'unreadable', file, code) : error;
}
