// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { textOf } from './repository.ts';

/** Packages with an install script, which is never run, each with the reason why they work without it. */
const INSTALL_SCRIPTS: Readonly<Record<string, string>> = {
  esbuild: 'only checks the binary that its optional package brought, and makes its start faster',
};

interface LockedPackage {
  readonly hasInstallScript?: boolean;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
}

const { packages } = JSON.parse(textOf('package-lock.json')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};
const locked = Object.entries(packages).filter(([path]) => path !== '');

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

describe('package-lock.json', () => {
  it('names no host', () => {
    expect(locked.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
    expect(textOf('.npmrc')).toContain('omit-lockfile-registry-resolved=true');
  });

  it('has a checksum for every package', () => {
    const without = locked.filter(
      ([, { integrity, link }]) => integrity === undefined && link !== true,
    );

    expect(without.map(([path]) => path)).toEqual([]);
  });

  it('has install scripts only where the list above gives a reason', () => {
    const scripted = locked.filter(([, { hasInstallScript }]) => hasInstallScript === true);

    const names = new Set(scripted.map(([path]) => nameOf(path)));
    expect([...names].sort()).toEqual(Object.keys(INSTALL_SCRIPTS).sort());
  });

  it('has the native packages of each platform that is supported', () => {
    for (const platform of ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']) {
      const binding = `@rolldown/binding-${platform}${platform.startsWith('linux') ? '-gnu' : ''}`;
      expect(packages).toHaveProperty([`node_modules/@esbuild/${platform}`]);
      expect(packages).toHaveProperty([`node_modules/${binding}`]);
      expect(packages).toHaveProperty([`node_modules/@typescript/typescript-${platform}`]);
    }
  });
});

describe('package.json', () => {
  it('has a reason in ADR 0009 for every dependency', () => {
    const { dependencies, devDependencies } = JSON.parse(textOf('package.json')) as Readonly<
      Record<'dependencies' | 'devDependencies', Readonly<Record<string, string>>>
    >;
    const reasons = textOf('docs/adr/0009-dependencies.md');

    for (const name of [...Object.keys(dependencies), ...Object.keys(devDependencies)]) {
      expect(reasons).toMatch(new RegExp(`^\\| \`${name}\` +\\| .{10,}`, 'm'));
    }
  });

  it('has its scripts sorted by name', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };

    expect(Object.keys(scripts)).toEqual(Object.keys(scripts).sort());
  });
});
