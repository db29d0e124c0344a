// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { judge } from '#engine/judge.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import { BUNDLE_LIMITS } from '#sources/bundle/bundle-limits.ts';
import { bundleLines } from '#sources/bundle/bundle-lines.ts';
import { bundleManifest } from '#sources/bundle/manifest.ts';
import { type Bundle, readBundle } from '#sources/bundle/read-bundle.ts';
import { isSourceError } from '#sources/source-error.ts';
import { healthyCluster } from '../../../testkit/snapshot-builder.ts';

const MANIFEST = bundleManifest('0.1.0', '2026-11-24T12:00:01.000Z');
const AT = '2026-11-24T12:00:00.000Z';
const LINES: readonly string[] = [...bundleLines(healthyCluster().build(), MANIFEST)];
const [MANIFEST_LINE = '', TIMES_LINE = ''] = LINES;
const signal = new AbortController().signal;

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'selvage-hostile-'));
  file = join(folder, 'x.selvage.json.gz');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function read(bytes: Uint8Array, limits = {}): Promise<Bundle> {
  await writeFile(file, bytes);
  return readBundle(file, signal, { ...BUNDLE_LIMITS, ...limits });
}

function readText(text: string, limits = {}): Promise<Bundle> {
  return read(gzipSync(text), limits);
}

/** The healthy bundle with one line more before its end. */
function withLine(line: unknown): Promise<Bundle> {
  return readText(
    [...LINES.slice(0, -1), `${JSON.stringify(line)}\n`, ...LINES.slice(-1)].join(''),
  );
}

/** The healthy bundle with its first `text` that occurs replaced. */
function withReplaced(text: string, replacement: string): Promise<Bundle> {
  const whole = LINES.join('');
  expect(whole).toContain(text);
  return readText(whole.replace(text, () => replacement));
}

const whole = gzipSync(LINES.join(''));

function flipped(at: number): Uint8Array {
  return whole.map((byte, index) => (index === at ? byte ^ 0xff : byte));
}

describe('a file that is no whole bundle', () => {
  it.each<[string, Uint8Array, string]>([
    ['nothing', Buffer.alloc(0), 'bundle-cut-off'],
    ['text', Buffer.from('{"nodes":[]}'), 'not-a-bundle'],
    ['one byte of gzip', whole.subarray(0, 1), 'bundle-cut-off'],
    ['the header of gzip', whole.subarray(0, 10), 'bundle-cut-off'],
    ['half of one', whole.subarray(0, whole.length / 2), 'bundle-cut-off'],
    ['all but its last byte', whole.subarray(0, -1), 'bundle-cut-off'],
    ['one with a wrong checksum', flipped(whole.length - 6), 'bundle-damaged'],
    ['one with a changed byte', flipped(40), 'bundle-damaged'],
    ['another gzip', gzipSync('hello\n'), 'not-a-bundle'],
    ['an empty gzip', gzipSync(''), 'bundle-cut-off'],
    ['one line without end', gzipSync(MANIFEST_LINE.trim()), 'bundle-cut-off'],
    ['one without its last line', gzipSync(LINES.slice(0, -1).join('')), 'bundle-cut-off'],
    ['one that lacks a node', gzipSync(LINES.toSpliced(-2, 1).join('')), 'bundle-cut-off'],
    ['bytes that are no UTF-8', gzipSync(Buffer.from([0xff, 0xfe, 0x0a])), 'bundle-damaged'],
    ['a manifest alone', gzipSync(MANIFEST_LINE), 'bundle-cut-off'],
    ['a line of no JSON', gzipSync(`${MANIFEST_LINE}{"node":\n`), 'bundle-damaged'],
    ['a line of an array', gzipSync(`${MANIFEST_LINE}[1]\n`), 'bundle-damaged'],
    ['one with something behind', gzipSync(`${LINES.join('')}${TIMES_LINE}`), 'bundle-damaged'],
  ])('such as %s is refused', async (_, bytes, code) => {
    await expect(read(bytes)).rejects.toMatchObject({ name: 'SourceError', code });
  });

  it('such as one that does not exist is refused', async () => {
    await expect(readBundle(join(folder, 'none'), signal)).rejects.toMatchObject({
      code: 'file-unreadable',
      message: expect.stringContaining('ENOENT'),
    });
  });

  it('such as a folder is refused', async () => {
    await expect(readBundle(folder, signal)).rejects.toMatchObject({ code: 'file-unreadable' });
  });
});

describe('a version', () => {
  it.each([
    ['a newer snapshot', '"schemaVersion":1', '"schemaVersion":2', 'bundle-too-new'],
    ['a newer format', '"formatVersion":1', '"formatVersion":7', 'bundle-too-new'],
    ['one that never was', '"schemaVersion":1', '"schemaVersion":0', 'bundle-damaged'],
    ['one below zero', '"schemaVersion":1', '"schemaVersion":-1', 'not-a-bundle'],
    ['one in words', '"schemaVersion":1', '"schemaVersion":"1"', 'not-a-bundle'],
    ['none', '"schemaVersion":1,', '', 'not-a-bundle'],
    ['another format', 'selvage-bundle', 'tar', 'not-a-bundle'],
    ['no tool', '"tool":', '"tools":', 'bundle-damaged'],
  ])('%s is refused', async (_, text, replacement, code) => {
    await expect(withReplaced(text, replacement)).rejects.toMatchObject({ code });
  });

  it('that is newer is named, with the one that is read', async () => {
    await expect(withReplaced('"schemaVersion":1', '"schemaVersion":2')).rejects.toThrow(
      'its format is 1 and its snapshot 2; this version reads up to 1 and 1',
    );
  });

  it('that did not know a fact leaves it absent', async () => {
    const { snapshot } = await withReplaced('"cluster":"coreDns"', '"cluster":"coreDnsOfYore"');

    expect(snapshot.cluster.coreDns).toEqual({
      state: 'absent',
      reason: 'not-collected',
      detail: 'The bundle does not hold it: it was taken by selvage 0.1.0.',
    });
  });

  it('that did not know a fact of nodes leaves it absent there', async () => {
    const lines = LINES.map((line) => line.replace('"sysctls":', '"sysctlsOfYore":'));

    const { snapshot } = await readText(lines.join(''));

    expect(snapshot.nodes['node1']?.sysctls).toMatchObject({ reason: 'not-collected' });
  });

  it('that knows more is read without what is unknown', async () => {
    const { snapshot } = await withLine({ reports: [1, 2], shape: 'new' });

    expect(snapshot).toEqual(healthyCluster().build());
  });

  it('that tells more lines of a log apart is read without those lines', async () => {
    const { snapshot } = await withReplaced('"id":"running"', '"id":"running-again"');

    const log = snapshot.nodes['node1']?.flannelLog;
    expect(log).toMatchObject({ state: 'observed', value: { matches: [] } });
  });

  it('whose line of a log goes by the name of a prototype is read without it', async () => {
    const { snapshot } = await withReplaced('"id":"running"', '"id":"constructor"');

    expect(snapshot.nodes['node1']?.flannelLog).toMatchObject({ value: { matches: [] } });
  });
});

describe('a bomb', () => {
  it('ends at the limit of the text', async () => {
    const blank = '{"x":""}\n'.repeat(100_000);

    await expect(
      readText(`${MANIFEST_LINE}${blank}`, { textBytes: 100_000 }),
    ).rejects.toMatchObject({ code: 'bundle-too-large' });
  });

  it('ends at the limit of one line', async () => {
    await expect(
      read(gzipSync(Buffer.alloc(10_000_000)), { lineBytes: 100_000 }),
    ).rejects.toMatchObject({ code: 'bundle-too-large' });
  });

  it('of members without content ends at the limit of the file', async () => {
    const empty = gzipSync('');
    const members = Buffer.concat(Array.from({ length: 10_000 }, () => empty));

    await expect(read(members, { textBytes: 100_000 })).rejects.toMatchObject({
      code: 'bundle-too-large',
    });
  });

  it.each([
    ['nodes', { nodes: 2 }],
    ['entries', { entries: 20 }],
    ['places of entries', { references: 20 }],
  ])('of %s ends at their limit', async (_, limits) => {
    await expect(readText(LINES.join(''), limits)).rejects.toMatchObject({
      code: 'bundle-too-large',
    });
  });

  it('of depth is refused, not followed', async () => {
    const deep = `{"cluster":"nodes","fact":${'['.repeat(100_000)}${']'.repeat(100_000)}}\n`;

    await expect(readText(MANIFEST_LINE + deep)).rejects.toMatchObject({ code: 'bundle-damaged' });
  });
});

describe('a lie', () => {
  const fact = { state: 'observed', observedAt: AT };

  it.each([
    ['a node twice', { node: 'node1', facts: {} }],
    ['a fact twice', { cluster: 'netConf', fact: { ...fact, value: {} } }],
    ['the times twice', { snapshot: { startedAt: AT, finishedAt: AT } }],
    ['a node by the name of a prototype', { node: '__proto__', facts: {} }],
    ['a node by the name of a path', { node: '../../etc', facts: {} }],
    ['a node by the name of a terminal sequence', { node: '\u001B[2J', facts: {} }],
    ['a node without a name', { node: '', facts: {} }],
    ['a node whose name is a megabyte', { node: 'a'.repeat(1_000_000), facts: {} }],
    ['an entry that is not there', node4({ routes: { ...fact, value: [99_999] } })],
    ['an entry before the first', node4({ routes: { ...fact, value: [-1] } })],
    ['an entry by half', node4({ routes: { ...fact, value: [0.5] } })],
    ['an entry by a name', node4({ routes: { ...fact, value: ['length'] } })],
    ['entries that are no list', node4({ routes: { ...fact, value: { length: 1 } } })],
    ['a fact that is neither', node4({ routes: { state: 'guessed', value: [] } })],
    ['a fact of no instant', node4({ sysctls: { ...fact, observedAt: 'now', value: {} } })],
    ['a reason that is none', node4({ fdb: { state: 'absent', reason: 'fine', detail: '' } })],
    ['a number in words', node4({ sysctls: { ...fact, value: { a: '1' } } })],
    ['an entry of wrong types', { entries: 'links', values: [{ name: 7 }] }],
  ])('such as %s is refused', async (_, line) => {
    await expect(withLine(line)).rejects.toMatchObject({
      name: 'SourceError',
      code: 'bundle-damaged',
    });
  });

  it.each([
    ['two nodes of one name', '"name":"node2"', '"name":"node1"'],
    ['a node object by an absurd name', '"name":"node2"', '"name":"Node 2/"'],
    ['an end before the start', `"startedAt":"${AT}"`, '"startedAt":"2027-01-01T00:00:00.000Z"'],
    ['a time that is none', `"finishedAt":"${AT}"`, '"finishedAt":"2026-13-45T99:00:00.000Z"'],
    ['a number without end', '"vni":1', '"vni":1e999'],
    ['a condition that is none', '"status":"True"', '"status":"Fine"'],
  ])('such as %s is refused', async (_, text, replacement) => {
    await expect(withReplaced(text, replacement)).rejects.toMatchObject({ code: 'bundle-damaged' });
  });

  it('says where it is', async () => {
    await expect(withReplaced('"status":"True"', '"status":"Fine"')).rejects.toThrow(
      'the fact nodes is unusable at 0.conditions.0.status',
    );
  });

  it('about a prototype changes none', async () => {
    const { snapshot } = await withReplaced('"labels":{', '"labels":{"__proto__":"x",');

    const { nodes } = snapshot.cluster;
    expect(nodes).toEqual(healthyCluster().build().cluster.nodes);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  it.each(['constructor', 'tostring', 'hasownproperty'])(
    'in the name %s is only a name',
    async (name) => {
      const lines = LINES.map((line) => line.replaceAll('"node2"', `"${name}"`));

      const { snapshot } = await readText(lines.join(''));

      expect(Object.keys(snapshot.nodes)).toEqual(['node1', name, 'node3']);
      expect(judge(snapshot, { checks: CHECKS, toolVersion: 'x' }).nodes).toHaveLength(3);
    },
  );
});

function node4(facts: object): object {
  return { node: 'node4', facts };
}

describe('whatever stands in a bundle', () => {
  it('is judged or refused, and never a crash', { timeout: 60_000 }, async () => {
    const values = LINES.join('').match(/"[^"]*"(?!:)|\b\d+\b/g) ?? [];
    const odd = fc.oneof(
      fc.json({ maxDepth: 2 }),
      fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
      fc.constantFrom('"::/0"', '"999.1.1.1/33"', '"10.244.0.0/-1"', '""', '-1', '1e308', 'null'),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: values.length - 1 }), odd, async (at, replacement) => {
        let seen = -1;
        const text = LINES.join('').replaceAll(/"[^"]*"(?!:)|\b\d+\b/g, (value) => {
          seen += 1;
          return seen === at ? replacement : value;
        });

        const outcome = await readText(text).catch((error: unknown) => error);

        expect(isSourceError(outcome) || isJudged(outcome)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

function isJudged(outcome: unknown): boolean {
  const { snapshot } = outcome as Bundle;
  return judge(snapshot, { checks: CHECKS, toolVersion: 'x' }).tool.version === 'x';
}
