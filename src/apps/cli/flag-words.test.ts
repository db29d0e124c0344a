// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { flagWords, shellWord } from './flag-words.ts';

describe('flags as a person types them', () => {
  it('are in kebab case, lists with commas, and those that were not given are left out', () => {
    const words = flagWords({
      maxRisk: 'cluster',
      node: ['node1', 'node2'],
      only: undefined,
      insecureSkipTlsVerify: true,
    });

    expect(words).toEqual([
      '--max-risk',
      'cluster',
      '--node',
      'node1,node2',
      '--insecure-skip-tls-verify',
    ]);
  });

  it('are quoted where a shell would read more into them', () => {
    expect(shellWord("my file; it's $HOME")).toBe(String.raw`'my file; it'\''s $HOME'`);
    expect(shellWord('')).toBe("''");
  });
});
