// SPDX-License-Identifier: Apache-2.0

/** What became of a query. */
export type LookupOutcome = 'answered' | 'failed' | 'silent';

const NO_SUCH_NAME = /NXDOMAIN|server can't find|can't resolve|No answer/i;
const SERVER_ERROR = /SERVFAIL|REFUSED|NOTIMP|FORMERR/;
const SILENCE = /timed out|no servers could be reached|Connection refused|unreachable|no response/i;

/** `timeout` ended it: BusyBox gives the signal's number, coreutils its own. */
const TIMED_OUT: ReadonlySet<number> = new Set([124, 143]);

/**
 * Tells from what `nslookup NAME SERVER` printed whether the server answered; of BusyBox or BIND. That a name does not
 * exist is an answer. Undefined for any other output.
 */
export function parseNslookup(text: string, exitCode: number): LookupOutcome | undefined {
  if (SERVER_ERROR.test(text)) return 'failed';
  if (SILENCE.test(text) || TIMED_OUT.has(exitCode)) return 'silent';
  if (/^Name:/m.test(text) && exitCode === 0) return 'answered';
  return NO_SUCH_NAME.test(text) ? 'answered' : undefined;
}
