// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { faultsOf, KNOWN_FAULTS, KNOWN_FAULTS_AS_OF, mendedBy } from './known-faults.ts';

function sources(version: string): readonly string[] | undefined {
  return faultsOf(version)?.map(({ source }) => source);
}

describe('known faults', () => {
  it.each([
    ['v0.28.4', true],
    ['v0.27.4', true],
    ['v0.28.5', false],
    ['v0.27.3', false],
    ['v0.28.4-rancher1', true],
    ['0.28.4', true],
  ])('of %s have the panic of reCreateVxlan: %s', (version, has) => {
    expect(sources(version)?.includes('flannel-io/flannel#2433')).toBe(has);
  });

  it('of a version that cannot be read are not known', () => {
    expect(faultsOf('latest')).toBeUndefined();
    expect(faultsOf('v0.28')).toBeUndefined();
    expect(mendedBy('latest')).toBeUndefined();
  });

  it.each([
    ['v0.27.2', 'v0.28.5'],
    ['v0.28.4', 'v0.28.5'],
    ['v0.20.2', 'v0.28.5'],
    ['v0.28.9', undefined],
  ])('of %s are mended by %s, which has none that came between', (version, to) => {
    expect(mendedBy(version)).toBe(to);
  });

  it('name their report each, say what happens, and carry a date', () => {
    expect(KNOWN_FAULTS_AS_OF).toMatch(/^\d{4}-\d{2}$/u);
    for (const { source, what, instead = 'None.' } of KNOWN_FAULTS) {
      expect(source).toMatch(/^[\w.-]+\/[\w.-]+#\d+$/u);
      expect(what).toMatch(/^[A-Z].*\.$/u);
      expect(instead).toMatch(/^[A-Z].*\.$/u);
    }
  });
});
