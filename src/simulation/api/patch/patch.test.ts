// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  collectFields,
  decodeFields,
  describePath,
  encodeFields,
  removeFields,
} from './field-set.ts';
import { applyJsonPatch } from './json-patch.ts';
import { applyMergePatch } from './merge-patch.ts';
import { applyStrategicMerge } from './strategic-merge.ts';

const keys = fc.string({ minLength: 1, maxLength: 4 }).filter((key) => !key.includes('\0'));
const objects = fc.dictionary(
  keys,
  fc.oneof(fc.integer(), fc.string(), fc.dictionary(keys, fc.integer(), { minKeys: 1 })),
);

describe('merge patch', () => {
  it('removes with null, merges maps and replaces all else', () => {
    const target = { a: { b: 1, c: 2 }, list: [1, 2], gone: true };

    const result = applyMergePatch(target, { a: { b: null, d: 3 }, list: [3], gone: null });

    expect(result).toEqual({ a: { c: 2, d: 3 }, list: [3] });
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(objects, objects, (target, patch) => {
        const once = applyMergePatch(target, patch);

        expect(applyMergePatch(once, patch)).toEqual(once);
      }),
    );
  });
});

describe('strategic merge patch', () => {
  it.each([
    [
      'merges items by key and appends new ones',
      { containers: [{ name: 'a', image: '1', tty: true }] },
      { containers: [{ name: 'a', image: '2' }, { name: 'b' }] },
      { containers: [{ name: 'a', image: '2', tty: true }, { name: 'b' }] },
    ],
    [
      'deletes an item by directive',
      { env: [{ name: 'a' }, { name: 'b' }] },
      { env: [{ name: 'a', $patch: 'delete' }] },
      { env: [{ name: 'b' }] },
    ],
    [
      'replaces a list by directive',
      { env: [{ name: 'a' }] },
      { env: [{ name: 'b' }, { $patch: 'replace' }] },
      { env: [{ name: 'b' }] },
    ],
    [
      'replaces a list without a merge key',
      { taints: [{ key: 'a' }] },
      { taints: [{ key: 'b' }] },
      { taints: [{ key: 'b' }] },
    ],
    [
      'merges a set and removes from it by directive',
      { finalizers: ['a', 'b'] },
      { finalizers: ['c'], '$deleteFromPrimitiveList/finalizers': ['a'] },
      { finalizers: ['b', 'c'] },
    ],
    [
      'reads the order of a list and ignores it',
      { env: [{ name: 'a' }] },
      { '$setElementOrder/env': [{ name: 'a' }], env: [{ name: 'a', value: 'x' }] },
      { env: [{ name: 'a', value: 'x' }] },
    ],
    [
      'replaces a map by directive',
      { a: { b: 1 } },
      { a: { c: 2, $patch: 'replace' } },
      { a: { c: 2 } },
    ],
    ['keeps only the retained keys', { a: 1, b: 2 }, { $retainKeys: ['a'], a: 3 }, { a: 3 }],
  ])('%s', (_what, target, patch, wanted) => {
    const result = applyStrategicMerge(target, patch);

    expect(result).toEqual(wanted);
  });
});

describe('JSON patch', () => {
  it.each([
    ['adds to a list', [{ op: 'add', path: '/list/1', value: 9 }], { list: [1, 9, 2] }],
    ['appends to a list', [{ op: 'add', path: '/list/-', value: 9 }], { list: [1, 2, 9] }],
    ['removes', [{ op: 'remove', path: '/list/0' }], { list: [2] }],
    ['replaces', [{ op: 'replace', path: '/list/0', value: 9 }], { list: [9, 2] }],
    ['moves', [{ op: 'move', from: '/list/0', path: '/list/-' }], { list: [2, 1] }],
    ['copies', [{ op: 'copy', from: '/list/0', path: '/first' }], { list: [1, 2], first: 1 }],
    ['unescapes', [{ op: 'add', path: '/a~1b~0c', value: 1 }], { list: [1, 2], 'a/b~c': 1 }],
  ])('%s', (_what, operations, wanted) => {
    const result = applyJsonPatch({ list: [1, 2] }, operations);

    expect(result).toEqual(wanted);
  });

  it.each([
    ['a path that is not there', { op: 'remove', path: '/none' }],
    ['an index beyond the end', { op: 'add', path: '/list/3', value: 1 }],
    ['a test that fails', { op: 'test', path: '/list/0', value: 2 }],
    ['an unknown operation', { op: 'twist', path: '/list/0' }],
  ])('refuses %s', (_what, operation) => {
    const apply = (): unknown => applyJsonPatch({ list: [1, 2] }, [operation]);

    expect(apply).toThrow('the server rejected our request due to an error in our request');
  });

  it('does not reach the prototype', () => {
    const operation = { op: 'add', path: '/__proto__', value: { polluted: true } };

    const result = applyJsonPatch({}, [operation]);

    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
  });
});

describe('field sets', () => {
  it('survive FieldsV1', () => {
    fc.assert(
      fc.property(objects, (object) => {
        const paths = [...collectFields({ data: object }).keys()];

        expect([...decodeFields(encodeFields(paths))].sort()).toEqual(paths.sort());
      }),
    );
  });

  it('name the items of keyed lists by their key', () => {
    const fields = collectFields({ status: { conditions: [{ type: 'Ready', status: 'True' }] } });

    expect([...fields.keys()].map(describePath)).toEqual([
      '.status.conditions[type="Ready"].type',
      '.status.conditions[type="Ready"].status',
    ]);
  });

  it('leave out what nobody manages', () => {
    const fields = collectFields({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'a', uid: 'u', resourceVersion: '1', labels: { a: 'b' } },
    });

    expect([...fields.keys()].map(describePath)).toEqual(['.metadata.labels.a']);
  });

  it('remove leaves and what they leave empty', () => {
    const object = { spec: { env: [{ name: 'a', value: '1' }] }, data: { b: '1' } };
    const paths = new Set(collectFields({ spec: object.spec }).keys());

    const result = removeFields(object, paths);

    expect(result).toEqual({ data: { b: '1' } });
  });
});
