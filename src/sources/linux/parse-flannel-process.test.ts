// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseFlannelProcess } from '#sources/linux/parse-flannel-process.ts';

describe('parseFlannelProcess', () => {
  it('reads id and state', () => {
    const text =
      '/proc/1/stat:1 (flanneld) S 0 1 1 0 -1 4194560 2843 0 0 0 44 30 0 0 20 0 14 0 5\n';

    expect(parseFlannelProcess(text)).toEqual({ pid: 1, state: 'S' });
  });

  it('takes the lowest id, in any order of the lines', () => {
    const text = '/proc/31/stat:31 (flanneld) R 7 1\n/proc/7/stat:7 (flanneld) T 1 1\n';

    expect(parseFlannelProcess(text)).toEqual({ pid: 7, state: 'T' });
  });

  it('is null when no process has that name', () => {
    expect(parseFlannelProcess('')).toBeNull();
    expect(parseFlannelProcess('/proc/9/stat:9 (flanneld-x) T 1 1\n')).toBeNull();
  });

  it('takes no other process for it, whatever its name holds', () => {
    const text = '/proc/5/stat:5 (x) S (flanneld) T 1\n/proc/6/stat:7 (flanneld) T 1 1\n';

    expect(parseFlannelProcess(text)).toBeNull();
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseFlannelProcess(text);
        expect(parsed === null || Number.isSafeInteger(parsed.pid)).toBe(true);
      }),
    );
  });
});
