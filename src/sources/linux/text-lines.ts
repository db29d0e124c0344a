// SPDX-License-Identifier: Apache-2.0

import { parseAddress } from '#model/net/address.ts';
import { MAX_FIELD_LENGTH, MAX_RECORDS } from '#sources/linux/json-records.ts';
import { LinuxParseError } from '#sources/linux/parse-error.ts';
import { cutText } from '#sources/plain-text.ts';

/**
 * Whether output of `ip -j` or `bridge -j` is JSON, or empty. Tools that do not know `-j` print text: BusyBox and
 * iproute2 before 4.14 when asked again without it, iproute2 4.14 to 4.16 in spite of it.
 */
export function isJsonOutput(text: string): boolean {
  return /^\s*(?:\[|$)/.test(text);
}

/**
 * The lines that are not blank, without white space at their ends.
 *
 * @throws LinuxParseError when there are too many
 */
export function textLines(subject: string, text: string): readonly string[] {
  const lines = text.split('\n', 2 * MAX_RECORDS + 1);
  if (lines.length > 2 * MAX_RECORDS) throw new LinuxParseError(subject, 'has too many lines');
  return lines.map((line) => line.trimEnd()).filter((line) => line !== '');
}

/** The words of a line, each cut to the length of a field of JSON. */
export function wordsOf(line: string): readonly string[] {
  return line
    .trim()
    .split(/\s+/)
    .map((word) => cutText(word, MAX_FIELD_LENGTH));
}

/** A link's name as the kernel takes it (linux:net/core/dev.c, dev_valid_name): up to 15 bytes, no slash, no colon. */
export function isLinkName(text: string | undefined): text is string {
  return text !== undefined && /^[^\s/:]{1,15}$/.test(text);
}

/** Whether a text is an address without prefix length. */
export function isAddress(text: string | undefined): text is string {
  return text !== undefined && parseAddress(text) !== undefined;
}
