// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { imageReference, labelSelector, namespaceName, readingRequest } from './reading-flags.ts';

describe('flags of reading', () => {
  it.each([
    'app=flannel',
    'app=flannel,tier in (node, net)',
    '!canary',
    'k8s.io/a!=b',
    'app',
    'a==',
  ])('take the selector %s', (text) => {
    expect(labelSelector(text)).toBe(text);
  });

  it.each([
    '',
    'a b',
    'app=canal two',
    'app=$(x)',
    'a in b',
    'a=b,',
    '-a=b',
    `a=${'b'.repeat(64)}`,
  ])('refuse the selector %j', (text) => {
    expect(() => labelSelector(text)).toThrow('A selector is like');
  });

  it.each(['', 'Kube', 'a_b', '-a', 'a/b', 'a'.repeat(64)])('refuse the namespace %j', (text) => {
    expect(() => namespaceName(text)).toThrow('cannot be the name of a namespace');
  });

  it.each(['busybox', 'registry:5000/a/b:v1', `a@sha256:${'0'.repeat(64)}`])(
    'take the image %s',
    (text) => {
      expect(imageReference(text)).toBe(text);
    },
  );

  it.each(['', '-x', 'a b', 'a"b', 'A/b'])('refuse the image %j', (text) => {
    expect(() => imageReference(text)).toThrow('cannot be the name of an image');
  });

  it('ask for no debug pod without leave, whatever else is said of them', () => {
    expect(readingRequest({})).toEqual({});
    expect(() => readingRequest({ debugImage: 'busybox' })).toThrow('Nothing is made');
    expect(readingRequest({ allowDebugPods: true, debugImage: 'busybox' })).toEqual({
      debugPods: { image: 'busybox' },
    });
  });
});
