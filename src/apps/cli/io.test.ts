// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { programName } from './io.ts';

describe('programName', () => {
  it.each([
    ['/usr/local/bin/selvage', 'selvage'],
    ['/home/x/.krew/bin/kubectl-selvage', 'kubectl selvage'],
    ['C:\\krew\\bin\\kubectl-selvage.exe', 'kubectl selvage'],
    ['/kubectl-tools/main.ts', 'selvage'],
    ['', 'selvage'],
  ])('of %s is %s', (path, name) => {
    expect(programName(path)).toBe(name);
  });
});
