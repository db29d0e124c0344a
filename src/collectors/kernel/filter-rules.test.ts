// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { filterRulesCollector } from '#collectors/kernel/collectors.ts';
import type { FilterRules } from '#model/kernel.ts';
import { entryInterners } from '#sources/linux/entry-interners.ts';
import type { Section } from '#sources/node-access/node-access.ts';

const SAVED = ':FORWARD ACCEPT [0:0]\nCOMMIT\n';
const FIREWALLD = 'table inet firewalld {\n\t\ttype filter hook forward priority filter + 10;\n';

function read(stdout: string, exitCode = 0, stderr = ''): Section {
  return { state: 'read', stdout, stderr, exitCode };
}

function collect(chains: Section | undefined): FilterRules {
  const sections = new Map([
    ['filter-rules', read(SAVED)],
    ...(chains === undefined ? [] : ([['nft-forward-tables', chains]] as const)),
  ]);
  return filterRulesCollector.collect({
    sections,
    interners: entryInterners(),
    vxlanLinks: undefined,
  });
}

describe('tables of nftables that see forwarded packets', () => {
  it('are named beside the rules of iptables', () => {
    expect(collect(read(FIREWALLD)).otherTables).toEqual(['inet firewalld']);
  });

  it('are none where none matches', () => {
    expect(collect(read('', 1)).otherTables).toEqual([]);
  });

  it.each<[string, Section | undefined]>([
    ['there is no nft', read('', 127)],
    ['it may not look', read('', 1, 'Error: Operation not permitted\n')],
    ['its output was cut', { state: 'missing', reason: 'cut-off' }],
    ['it was not asked', undefined],
  ])('are not known where %s', (_, chains) => {
    expect(collect(chains)).toEqual({ policy: 'ACCEPT', rules: [] });
  });
});
