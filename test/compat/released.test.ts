// SPDX-License-Identifier: Apache-2.0

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';

import { OUTPUT_FORMATS } from '#apps/cli/check/output-formats.ts';
import { runCommandLine } from '#apps/cli/command-line.ts';
import { judge } from '#engine/judge.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import { resolveJsonPointer } from '#model/json-pointer.ts';
import { SNAPSHOT_SCHEMA_VERSION } from '#model/snapshot.ts';
import { renderReport } from '#render/terminal/render-report.ts';
import type { AccessReport } from '#report/access-report.ts';
import type { Report } from '#report/report.ts';
import { readBundle } from '#sources/bundle/read-bundle.ts';
import { capturedIo } from '../../testkit/captured-io.ts';

// Samples of what was written once, each a folder with
//
// - bundle.selvage.json.gz, as `selvage snapshot` wrote it in the middle of several faults;
// - report.json, as `selvage check --bundle -o json` made it of that bundle at the time.
//
// There is one for each released version, named like it, and one for each version of the snapshot's shape up to
// today's (`schema-1`), also before its release. Samples are added, never written anew.

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

/** Versions of the snapshot's shape, from the first. */
const shapes = Array.from(
  { length: SNAPSHOT_SCHEMA_VERSION },
  (_, index) => `schema-${String(index + 1)}`,
);

describe('samples', () => {
  it('are kept for each version of the changelog and of the shape', () => {
    expect([...kept].sort()).toEqual([...released(), ...shapes].sort());
  });
});

describe.each(kept)('sample %s', (name) => {
  const report = json(`test/compat/${name}/report.json`) as Report;
  const bundle = join(ROOT, `test/compat/${name}/bundle.selvage.json.gz`);

  it('has a report that the schema of today accepts', () => {
    const validate: ValidateFunction = new Ajv2020({ strictRequired: false }).compile(
      json('src/report/report.schema.json') as AnySchemaObject,
    );

    validate(report);

    expect(validate.errors).toBeNull();
  });

  it('has a report that today is shown to a person', () => {
    const page = renderReport(report, {
      color: false,
      width: 100,
      unicode: true,
      narrowed: false,
      program: 'selvage',
    });

    expect(page).toContain(report.findings[0]?.node);
  });

  it('has a bundle in which today every fault of then is still found', async () => {
    const { snapshot } = await readBundle(bundle, new AbortController().signal);

    const now = judge(snapshot, { checks: CHECKS, toolVersion: name });

    expect(report.findings).not.toEqual([]);
    expect(now.findings.map(({ id }) => id)).toEqual(
      expect.arrayContaining(report.findings.map(({ id }) => id)),
    );
    expect(now.pairs.broken).toBeGreaterThanOrEqual(report.pairs.broken);
  });

  it('has a bundle that the command line of today judges, whatever the form', async () => {
    const codes = await Promise.all(
      OUTPUT_FORMATS.map(async (format) => {
        const io = capturedIo({ env: { HOME: '/nonexistent' } });
        const code = await runCommandLine(['check', '--bundle', bundle, '-o', format], io);
        return [format, code, io.stdout.text().includes(report.findings[0]?.node ?? '?')];
      }),
    );

    expect(codes).toEqual(OUTPUT_FORMATS.map((format) => [format, 1, true]));
  });

  it('has a bundle whose ways into the nodes are told today', async () => {
    const io = capturedIo({ env: { HOME: '/nonexistent' } });

    await runCommandLine(['access', '--bundle', bundle, '-o', 'json'], io);

    const { nodes } = JSON.parse(io.stdout.text()) as AccessReport;
    expect(nodes.map(({ name: node }) => node)).toEqual(report.nodes.map(({ name: node }) => node));
  });

  it('has a bundle that holds evidence for each finding of then', async () => {
    const { snapshot } = await readBundle(bundle, new AbortController().signal);

    const dangling = report.findings
      .flatMap(({ evidence }) => evidence)
      .filter((pointer) => resolveJsonPointer(snapshot, pointer) === undefined);

    expect(dangling).toEqual([]);
  });
});
