// SPDX-License-Identifier: Apache-2.0

import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { SourceError } from '#sources/source-error.ts';
import { readSuppressions } from './read-suppressions.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'selvage-suppressions-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function read(text: string | Uint8Array): Promise<unknown> {
  const file = join(folder, 'suppressions.yaml');
  await writeFile(file, text);
  return readSuppressions(file);
}

async function complaintAbout(text: string | Uint8Array): Promise<string> {
  const error = await read(text).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof SourceError ? `${error.code}: ${error.message}` : String(error);
}

const ENTRY = '{check: route-missing, reason: Known., expires: 2026-12-31}';

describe('a file of suppressions', () => {
  it('gives its entries, with what is absent left out', async () => {
    const entries = await read(`
# Reviewed every month.
suppressions:
  - check: route-missing
    node: worker-*
    object: route 10.244.3.0/24
    reason: worker-9 is being replaced
    expires: 2026-12-31
  - check: link-down
    peer: worker-1
    message: "*down*"
    reason: 'planned'
    expires: "2026-12-31"
`);

    expect(entries).toEqual([
      {
        check: 'route-missing',
        node: 'worker-*',
        object: 'route 10.244.3.0/24',
        reason: 'worker-9 is being replaced',
        expires: '2026-12-31',
      },
      {
        check: 'link-down',
        peer: 'worker-1',
        message: '*down*',
        reason: 'planned',
        expires: '2026-12-31',
      },
    ]);
  });

  it('may hold no entry', async () => {
    expect(await read('suppressions: []')).toEqual([]);
  });

  it.each([
    ['an unknown key of an entry', ENTRY.replace('check:', 'nodes: a, check:'), 'the key nodes'],
    ['no reason', '{check: a, expires: 2026-12-31}', 'entry 1, reason: it is missing'],
    ['an empty reason', ENTRY.replace('Known.', '" "'), 'entry 1, reason: it is empty'],
    ['no date', '{check: a, reason: b}', 'entry 1, expires: it is missing'],
    ['a day that is none', ENTRY.replace('12-31', '02-30'), 'a date like 2026-12-31'],
    ['a time', ENTRY.replace('12-31', '12-31T00:00:00Z'), 'a date like 2026-12-31'],
    ['a number', ENTRY.replace('Known.', '7'), 'entry 1, reason: it has to be of the type string'],
    ['an entry that is none', 'route-missing', 'entry 1: it has to be of the type object'],
    ['a key twice', ENTRY.replace('}', ', reason: b}'), 'must be unique'],
  ])('with %s is refused', async (_, entry, complaint) => {
    const text = await complaintAbout(`suppressions: [${entry}]`);

    expect(text).toMatch(/^invalid-suppressions: /u);
    expect(text).toContain(complaint);
  });

  it.each([
    ['another key', `suppressions: []\nsuppress: []`, 'the key suppress is not known'],
    ['nothing', '', 'it has to be of the type object'],
    ['a list', `- ${ENTRY}`, 'it has to be of the type object'],
    ['what is no YAML', '{', 'invalid-suppressions'],
    ['two documents', 'suppressions: []\n---\nsuppressions: []', 'invalid-suppressions'],
    ['what is no UTF-8', Uint8Array.of(0xff, 0xfe), 'it is no UTF-8'],
    ['more than a mebibyte', `# ${'x'.repeat(1_048_576)}`, 'larger than 1 MiB'],
  ])('with %s is refused', async (_, text, complaint) => {
    expect(await complaintAbout(text)).toContain(complaint);
  });

  it('whose aliases multiply is refused at once', async () => {
    const levels = Array.from({ length: 30 }, (_, i) =>
      i === 0
        ? 'a0: &a0 [x]'
        : `a${String(i)}: &a${String(i)} [*a${String(i - 1)}, *a${String(i - 1)}]`,
    );

    expect(await complaintAbout(levels.join('\n'))).toContain('aliases');
  });

  it('may be a pipe, which gives it in pieces', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const text = `suppressions:\n${`- ${ENTRY}\n`.repeat(3000)}`;

    const [entries] = await Promise.all([readSuppressions(pipe), writeFile(pipe, text)]);

    expect(text.length).toBeGreaterThan(65_536);
    expect(entries).toHaveLength(3000);
  });

  it('that does not exist is named', async () => {
    const missing = join(folder, 'none.yaml');

    await expect(readSuppressions(missing)).rejects.toMatchObject({
      code: 'file-unreadable',
      target: missing,
    });
  });

  it('fails with a known error whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        const outcome = await complaintAbout(text);

        expect(outcome).toMatch(/^(?:undefined|invalid-suppressions: )/u);
      }),
      { numRuns: 60 },
    );
  });
});
