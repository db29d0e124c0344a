// SPDX-License-Identifier: Apache-2.0

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';

import { judge } from '#engine/judge.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import type { Snapshot } from '#model/snapshot.ts';
import type { Report } from '#report/report.ts';
import { deepFreeze } from '../../testkit/snapshot-builder.ts';

// For each released version: test/compat/<version>/{snapshot,report}.json, as that version wrote them.

const ROOT = join(import.meta.dirname, '../..');
const kept = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

function json(path: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}

/** Versions that the changelog says were released. */
function released(): readonly string[] {
  const changelog = join(ROOT, 'CHANGELOG.md');
  const text = existsSync(changelog) ? readFileSync(changelog, 'utf8') : '';
  return [...text.matchAll(/^## (\d+\.\d+\.\d+)$/gm)].map((match) => match[1] ?? '');
}

describe('samples of released versions', () => {
  it('are kept for each version of the changelog', () => {
    expect([...kept].sort()).toEqual([...released()].sort());
  });
});

describe.each(kept)('release %s', (version) => {
  it('wrote a report that the schema of today accepts', () => {
    const validate: ValidateFunction = new Ajv2020({ strictRequired: false }).compile(
      json('src/report/report.schema.json') as AnySchemaObject,
    );

    validate(json(`test/compat/${version}/report.json`));

    expect(validate.errors).toBeNull();
  });

  it('wrote a snapshot in which today every fault of then is still found', () => {
    const snapshot = deepFreeze(json(`test/compat/${version}/snapshot.json`)) as Snapshot;
    const before = json(`test/compat/${version}/report.json`) as Report;

    const now = judge(snapshot, { checks: CHECKS, toolVersion: version });

    expect(now.findings.map(({ id }) => id)).toEqual(
      expect.arrayContaining(before.findings.map(({ id }) => id)),
    );
  });
});
