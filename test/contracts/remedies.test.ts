// SPDX-License-Identifier: Apache-2.0

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { ACTUATORS } from '#engine/actuators.generated.ts';
import { planMending } from '#engine/mend/plan-mending.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import { REMEDIES } from '#engine/remedies.generated.ts';
import { runChecks } from '#engine/run-checks.ts';
import { runCommandLine } from '../../src/apps/cli/command-line.ts';
import { capturedIo } from '../../testkit/captured-io.ts';
import { healthyCluster } from '../../testkit/snapshot-builder.ts';
import { loadRemedy, stepKinds } from '../../tools/generated-files.ts';
import { ROOT, textOf } from './repository.ts';

const HEADINGS = [
  'What it does',
  'What it disturbs',
  'When it does not help',
  'How it is verified',
  'How it is taken back',
  'By hand',
  'References',
];

const folders = readdirSync(join(ROOT, 'src/remedies'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

describe.each(folders)('remedy folder %s', (folder) => {
  it('holds code, test and page, and files named after what they are about', () => {
    const files = readdirSync(join(ROOT, 'src/remedies', folder));

    expect(files).toEqual(expect.arrayContaining(['README.md', 'remedy.test.ts', 'remedy.ts']));
    expect(
      files.filter((name) => !/^[a-z][a-z0-9-]*(?:\.test)?\.ts$|^README\.md$/.test(name)),
    ).toEqual([]);
  });

  it('is named as the id of its remedy, by what it does', async () => {
    const remedy = await loadRemedy(folder);

    expect(remedy.id).toBe(folder);
    expect(folder).toMatch(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/);
  });

  it('has a title and a disturbance in house style', async () => {
    const { title, disturbance } = await loadRemedy(folder);

    expect(title).toMatch(/^[A-Z][^.\n]{3,80}[^.\s]$/);
    expect(disturbance).toMatch(/^[A-Z].*[^.]\.$/);
  });

  it('has a page with its id and the headings in order, none of them empty', () => {
    const text = textOf(`src/remedies/${folder}/README.md`);
    const lines = text.split('\n');
    const headings = lines.filter((line) => line.startsWith('## ')).map((line) => line.slice(3));

    expect(lines[0]).toBe(`# ${folder}`);
    expect(headings).toEqual(HEADINGS);
    for (const section of text.split(/^## .*$/m).slice(1)) expect(section.trim()).not.toBe('');
    expect(text).not.toMatch(/TEMPLATE/);
  });
});

describe.each(REMEDIES)('the remedy $id', ({ treats, invasiveness }) => {
  it('has its place among the others', () => {
    expect(invasiveness).toBeGreaterThanOrEqual(0);
    expect(invasiveness).toBeLessThanOrEqual(100);
  });

  it('treats checks that exist, sorted, each once', () => {
    const known = new Set(CHECKS.map(({ id }) => id));

    expect(treats.filter((id) => !known.has(id))).toEqual([]);
    expect(treats).toEqual([...new Set(treats)].sort());
    expect(treats).not.toEqual([]);
  });
});

describe('remedies that are asked for', async () => {
  const remedies = await Promise.all(folders.map(loadRemedy));
  const asked = remedies.flatMap((remedy) => (remedy.scope === 'asked' ? [remedy] : []));

  it.each(asked)('$id has its command on the command line', async ({ command }) => {
    const io = capturedIo();

    await runCommandLine([...command, '--help'], io);

    expect(io.stdout.text()).toContain(`Usage: ${[io.program, ...command].join(' ')} [`);
  });

  it('name their command on their page', () => {
    const unnamed = asked.filter(
      ({ id, command }) =>
        !textOf(`src/remedies/${id}/README.md`).includes(`selvage ${command.join(' ')}`),
    );
    expect(asked).not.toEqual([]);
    expect(unnamed).toEqual([]);
  });
});

describe('the registries', () => {
  it('hold each remedy folder that findings lead to once, sorted by id', async () => {
    const remedies = await Promise.all([...folders].sort().map(loadRemedy));

    const treating = remedies.filter(({ scope }) => scope !== 'asked');
    expect(REMEDIES.map(({ id }) => id)).toEqual(treating.map(({ id }) => id));
  });

  it('hold one actuator per kind of step, in the file of that name', () => {
    expect(ACTUATORS.map(({ kind }) => kind)).toEqual(stepKinds());
  });

  it('declare no right on Secrets, by a wildcard, or without a verb', () => {
    const needs = ACTUATORS.flatMap((actuator) => actuator.needs);

    expect(needs.filter(({ resource, group }) => /secret|\*/i.test(resource + group))).toEqual([]);
    expect(needs.filter(({ verbs }) => verbs.length === 0)).toEqual([]);
  });
});

describe('a healthy cluster', () => {
  it.each([{}, { nodes: 1 }, { dualStack: true }, { backend: 'host-gw' } as const])(
    'has nothing planned: %j',
    (options) => {
      const snapshot = healthyCluster(options).build();

      const plan = planMending(snapshot, runChecks(snapshot, CHECKS), {
        remedies: REMEDIES,
        maxRisk: 'cluster',
      });

      expect(plan).toMatchObject({ stages: [], untreated: [], notes: [], refusals: [] });
    },
  );
});
