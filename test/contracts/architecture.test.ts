// SPDX-License-Identifier: Apache-2.0

import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractConfiguration from 'dependency-cruiser/config-utl/extract-depcruise-config';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ALLOWED, OFFENCES, writeSamples } from './import-samples.ts';
import { filesBelow, ROOT } from './repository.ts';

/** Folders of the design that hold nothing yet. A folder that appears must leave this list. */
const NOT_YET_THERE: readonly string[] = ['causes'];

interface Rule {
  readonly name: string;
  readonly comment: string;
  readonly from: {
    readonly path?: string | readonly string[];
    readonly pathNot?: string | readonly string[];
  };
}

const configuration = await extractConfiguration(join(ROOT, '.dependency-cruiser.mjs'));
const rules = (configuration.forbidden ?? []) as readonly Rule[];
const files = filesBelow().filter((path) => path.endsWith('.ts'));

function matches(patterns: string | readonly string[] | undefined, path: string): boolean {
  return [patterns ?? []].flat().some((pattern) => new RegExp(pattern).test(path));
}

describe.each(rules)('import rule $name', ({ comment, from }) => {
  it('tells the offender what to do', () => {
    expect(comment).toMatch(/^.{30,}\.$/);
  });

  it('guards at least one file, or a folder that is known not to be there yet', () => {
    const guarded = files.filter(
      (path) => matches(from.path, path) && !matches(from.pathNot, path),
    );
    const awaited = NOT_YET_THERE.filter((folder) => from.path === `^src/${folder}/`);

    expect(guarded.length + awaited.length).toBeGreaterThan(0);
    expect(Math.min(guarded.length, awaited.length), `${awaited.join()} is there`).toBe(0);
  });
});

describe('the import rules', () => {
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.cache/import-rules-'));
  const broken = new Map<string, readonly string[]>();

  beforeAll(async () => {
    writeSamples(folder);
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const { output } = await cruise(
      ['src', 'testkit'],
      { ...configuration.options, baseDir: folder, validate: true, ruleSet: configuration },
      undefined,
      { tsConfig: extractTsConfig(join(folder, 'tsconfig.json')) },
    );
    if (typeof output === 'string') throw new Error('dependency-cruiser gave a text');
    for (const { from, rule } of output.summary.violations) {
      broken.set(from, [...(broken.get(from) ?? []), rule.name]);
    }
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each(OFFENCES)('%s catches %s', (rule, path) => {
    expect(broken.get(path) ?? []).toContain(rule);
  });

  it.each(ALLOWED)('%s may import as it does', (path) => {
    const names = broken.get(path) ?? [];

    expect(names.filter((rule) => rule !== 'reachable-from-an-app')).toEqual([]);
  });

  it('are each tried, or are made for another folder as one that is tried', () => {
    const kind = (name: string): string =>
      name.replace(/^.*-(?=imports$|takes-types|is-pure$)/, '');
    const tried = new Set(OFFENCES.map(([rule]) => kind(rule)));

    const untried = rules.filter(({ name }) => !tried.has(kind(name)));

    expect(untried).toEqual([]);
  });
});
