// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LayeredTable } from './layered-table.ts';

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const base = fc
  .uniqueArray(key)
  .chain((keys) =>
    fc
      .array(fc.integer(), { minLength: keys.length, maxLength: keys.length })
      .map((values) => new Map(keys.map((name, index) => [name, values[index] ?? 0]))),
  );
type Operation =
  | { kind: 'set'; key: string; value: number }
  | { kind: 'delete'; key: string }
  | { kind: 'adopt'; base: Map<string, number>; skip: string[] }
  | { kind: 'transform' };

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), key, value: fc.integer() }),
  fc.record({ kind: fc.constant('delete' as const), key }),
  fc.record({ kind: fc.constant('adopt' as const), base, skip: fc.uniqueArray(key) }),
  fc.record({ kind: fc.constant('transform' as const) }),
);

function sorted(entries: Iterable<[string, number]>): [string, number][] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
}

function apply(step: Operation, table: LayeredTable<number>, plain: Map<string, number>): void {
  switch (step.kind) {
    case 'set':
      table.set(step.key, step.value);
      plain.set(step.key, step.value);
      break;
    case 'delete':
      table.delete(step.key);
      plain.delete(step.key);
      break;
    case 'adopt':
      table.adopt(step.base, new Set(step.skip));
      for (const [name, value] of step.base) if (!step.skip.includes(name)) plain.set(name, value);
      break;
    case 'transform':
      table.transform((value) => (value < 0 ? undefined : value));
      for (const [name, value] of plain) if (value < 0) plain.delete(name);
  }
}

describe('LayeredTable', () => {
  it('holds what a plain map would hold after any operations', () => {
    fc.assert(
      fc.property(fc.array(operation), (operations) => {
        const table = new LayeredTable<number>();
        const plain = new Map<string, number>();

        for (const step of operations) apply(step, table, plain);

        expect(sorted(table.entries())).toEqual(sorted(plain));
      }),
    );
  });
});
