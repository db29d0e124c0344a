// SPDX-License-Identifier: Apache-2.0

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { countPairs } from '#engine/pairs.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import { runChecks } from '#engine/run-checks.ts';
import type { HealthyOptions } from '../../testkit/healthy-node.ts';
import { healthyCluster } from '../../testkit/snapshot-builder.ts';
import { loadCheck } from '../../tools/generated-files.ts';
import { ROOT, textOf } from './repository.ts';

const HEADINGS = [
  'What is wrong',
  'Why it matters',
  'Confirm by hand',
  'How to fix',
  'When this is not a fault',
  'References',
];

/** Clusters without a fault: no check may find one. */
const HEALTHY: Readonly<Record<string, HealthyOptions>> = {
  'one node': { nodes: 1 },
  'two nodes': { nodes: 2 },
  'three nodes': {},
  'forty nodes': { nodes: 40 },
  'Windows nodes': { windowsNodes: 2 },
  'virtual nodes': { virtualNodes: 2 },
  'nodes that flannel leaves out': { nodesApart: 1 },
  'another VNI and port': { vni: 4096, port: 4789 },
  'jumbo frames': { underlayMtu: 9000 },
  'a fixed MTU': { backendMtu: 1400 },
  'another annotation prefix': { annotationPrefix: 'flannel.example.com' },
  'an annotation prefix with a path': { annotationPrefix: 'example.com/flannel' },
  'direct routing': { nodes: 6, directRouting: true },
  'dual stack': { dualStack: true },
  wireguard: { backend: 'wireguard' },
  'wireguard on one node': { backend: 'wireguard', nodes: 1 },
  'wireguard with dual stack and jumbo frames': {
    backend: 'wireguard',
    dualStack: true,
    underlayMtu: 9000,
  },
  ipip: { backend: 'ipip' },
  'ipip with direct routing': { backend: 'ipip', nodes: 5, directRouting: true },
  'dual stack with direct routing': { nodes: 5, dualStack: true, directRouting: true },
};

const folders = readdirSync(join(ROOT, 'src/checks'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

describe.each(folders)('check folder %s', (folder) => {
  it('holds code, test and page, and nothing else', () => {
    const files = readdirSync(join(ROOT, 'src/checks', folder)).sort();

    expect(files).toEqual(['README.md', 'check.test.ts', 'check.ts']);
  });

  it('is named as the id of its check', async () => {
    const check = await loadCheck(folder);

    expect(check.id).toBe(folder);
    expect(folder).toMatch(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/);
    expect(folder).not.toMatch(/^check-|-check$/);
  });

  it('has a title and messages in house style', async () => {
    const { title, messages } = await loadCheck(folder);

    expect(title).toMatch(/^[A-Z][^.\n]{3,70}[^.\s]$/);
    expect(Object.keys(messages)).not.toEqual([]);
    for (const message of Object.values(messages)) expect(message).toMatch(/[^.]\.$/);
    for (const id of Object.keys(messages)) expect(id).toMatch(/^[a-z][A-Za-z]*$/);
  });

  it('has a page with its id and the headings in order', () => {
    const lines = textOf(`src/checks/${folder}/README.md`).split('\n');
    const headings = lines.filter((line) => line.startsWith('## ')).map((line) => line.slice(3));

    expect(lines[0]).toBe(`# ${folder}`);
    expect(headings).toEqual(HEADINGS);
  });

  it('has a page without an empty section, with a command to confirm by hand', () => {
    const sections = textOf(`src/checks/${folder}/README.md`)
      .split(/^## .*$/m)
      .slice(1);

    for (const section of sections) expect(section.trim()).not.toBe('');
    expect(sections[HEADINGS.indexOf('Confirm by hand')]).toContain('```sh\n');
    expect(sections[HEADINGS.indexOf('References')]).toMatch(/^- /m);
  });

  it('has no text of the template left', () => {
    const files = ['check.ts', 'check.test.ts', 'README.md'];

    for (const file of files)
      expect(textOf(`src/checks/${folder}/${file}`)).not.toMatch(/TEMPLATE/);
  });
});

describe('the registry', () => {
  it('holds each check folder once, sorted by id', () => {
    expect(CHECKS.map(({ id }) => id)).toEqual([...folders].sort());
  });
});

describe.each(Object.entries(HEALTHY))('a healthy cluster: %s', (_, options) => {
  it('raises no finding', () => {
    const results = runChecks(healthyCluster(options).build(), CHECKS);

    const findings = results.flatMap(({ verdict }) =>
      verdict.verdict === 'fail' ? verdict.findings : [],
    );
    expect(findings).toEqual([]);
  });

  it.runIf(options.backend !== 'wireguard')('has every pair judged, and whole', () => {
    const snapshot = healthyCluster(options).build();
    const count = options.nodes ?? 3;

    const pairs = countPairs(snapshot, runChecks(snapshot, CHECKS));

    expect(pairs).toEqual({ checked: count * (count - 1), broken: 0, unknown: 0 });
  });

  it('leaves nothing unknown on Linux nodes', () => {
    const results = runChecks(healthyCluster(options).build(), CHECKS);

    const unknown = results.filter(({ verdict }) => verdict.verdict === 'unknown');
    expect(unknown.filter(({ node }) => node?.startsWith('win') !== true)).toEqual([]);
  });
});
