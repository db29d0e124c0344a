// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isLabelValue, selector } from './promql.ts';

describe('a selector of PromQL', () => {
  it('holds what labels have to be', () => {
    const text = selector('container_memory_working_set_bytes', {
      namespace: { is: 'kube-system' },
      pod: { begins: 'web.v1' },
      container: { isNone: ['', 'POD'] },
    });

    expect(text).toBe(
      'container_memory_working_set_bytes{namespace="kube-system",pod=~"web[.]v1(-.*)?",container!="",container!="POD"}',
    );
  });

  it('names the cgroup of the whole node', () => {
    expect(selector('up', { id: { isRootCgroup: true } })).toBe('up{id="/"}');
  });

  it('is made of names of Kubernetes and of nothing else', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (value) => {
        const isName = /^[A-Za-z0-9._-]{1,253}$/u.test(value);
        const made = [{ is: value }, { begins: value }, { isNone: [value] }].map((matcher) => {
          try {
            return selector('up', { pod: matcher });
          } catch {
            return undefined;
          }
        });

        expect(made.map((text) => text !== undefined)).toEqual([isName, isName, isName]);
      }),
    );
  });

  it.each(['a"b', String.raw`a\b`, 'a}b', 'a\nb', 'a|b', 'a b', 'ä'])('refuses %j', (value) => {
    expect(isLabelValue(value)).toBe(false);
    expect(() => selector('up', { pod: { is: value } })).toThrow(RangeError);
  });

  it('refuses a name of a metric or label that is none', () => {
    expect(() => selector('up{}', {})).toThrow(RangeError);
    expect(() => selector('up', { 'a-b': { is: '' } })).toThrow(RangeError);
  });
});
