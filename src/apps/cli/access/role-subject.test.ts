// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { UsageError } from '../usage-error.ts';
import { roleSubject } from './role-subject.ts';

describe('the subject of a role', () => {
  it.each([
    [undefined, { kind: 'ServiceAccount', namespace: 'kube-flannel', name: 'selvage' }],
    ['serviceaccount:ci:reader', { kind: 'ServiceAccount', namespace: 'ci', name: 'reader' }],
    ['user:alice', { kind: 'User', name: 'alice' }],
    ['user:system:node:w1', { kind: 'User', name: 'system:node:w1' }],
    ['group:ops team', { kind: 'Group', name: 'ops team' }],
  ])('%s is read', (text, subject) => {
    expect(roleSubject(text, 'kube-flannel')).toStrictEqual(subject);
  });

  it.each([
    '',
    'alice',
    'user:',
    'serviceaccount:ci',
    'serviceaccount:ci:a:b',
    'serviceaccount:Ci:reader',
    'serviceaccount:ci:re\nader',
    'user:al\nice',
    'robot:x',
  ])('%j is refused', (text) => {
    expect(() => roleSubject(text, 'kube-flannel')).toThrow(UsageError);
  });
});
