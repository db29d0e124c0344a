// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { absent } from '#model/fact.ts';
import { buildReport, reportFinding } from '../../testkit/report-builder.ts';
import { pictureOf } from '../../testkit/measured-pods.ts';
import { HistoryError } from './history-error.ts';
import { HistoryStore } from './history-store.ts';

const NOON = Date.parse('2026-11-24T12:00:00.000Z');
const MINUTE = 60_000;
const MIB = 2 ** 20;

let folder: string;
let file: string;
let opened: HistoryStore[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'selvage-history-'));
  file = join(folder, 'selvage', 'history', 'a.sqlite');
  opened = [];
});

afterEach(() => {
  for (const store of opened) store.close();
  rmSync(folder, { recursive: true });
});

function open(options?: Parameters<typeof HistoryStore.open>[1]): HistoryStore {
  const store = HistoryStore.open(file, options);
  opened.push(store);
  return store;
}

/** Opens the file past the store, to do to it what no store does. */
function tamper(sql: string): void {
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return error instanceof HistoryError ? error.code : String(error);
  }
  return 'no error';
}

describe('a history', () => {
  it('gives back each measurement with its restarts and its limit', () => {
    const store = open();
    const pod = { name: 'web', workingSetBytes: 100 * MIB, cpuCores: 0.25, limitBytes: 256 * MIB };
    store.addSamples(NOON, pictureOf(NOON, [pod]));
    const later = NOON + 5 * MINUTE;
    store.addSamples(later, pictureOf(later, [{ ...pod, restartCount: 1, workingSetBytes: 7 }]));

    const series = store.series({}, 0, later);

    expect(series).toEqual([
      {
        key: {
          namespace: 'default',
          workload: { kind: 'Pod', name: 'web' },
          pod: 'web',
          container: 'app',
          podUid: 'uid-of-web',
          node: 'node1',
        },
        points: [
          {
            atMs: NOON,
            workingSetBytes: 100 * MIB,
            cpuCores: 0.25,
            restartCount: 0,
            limitBytes: 256 * MIB,
          },
          {
            atMs: later,
            workingSetBytes: 7,
            cpuCores: 0.25,
            restartCount: 1,
            limitBytes: 256 * MIB,
          },
        ],
      },
    ]);
  });

  it('keeps what nodes use apart from what containers do', () => {
    const store = open();
    const pod = { name: 'web', workingSetBytes: 1 };
    const node = { name: 'node1', workingSetBytes: 700, allocatableBytes: 1000 };
    const round = store.addSamples(NOON, pictureOf(NOON, [pod], [node]));
    const later = NOON + MINUTE;
    const grown = { name: 'node1', workingSetBytes: 800 };
    store.addSamples(later, pictureOf(later, [pod], [grown]));

    const nodes = store.nodes(0, later);

    expect(round).toMatchObject({ stored: 1, nodes: 1 });
    expect(nodes).toEqual([
      {
        node: 'node1',
        points: [
          { atMs: NOON, workingSetBytes: 700, restartCount: 0, limitBytes: 1000 },
          { atMs: later, workingSetBytes: 800, restartCount: 0 },
        ],
      },
    ]);
    expect(store.series({}, 0, later).map(({ key }) => key.pod)).toEqual(['web']);
    expect(store.series({ node: 'node1' }, 0, later)).toHaveLength(1);
  });

  it('keeps a pod apart from an earlier one of the same name', () => {
    const store = open();
    store.addSamples(NOON, pictureOf(NOON, [{ name: 'db-0', uid: 'a', workingSetBytes: 1 }]));
    const later = NOON + MINUTE;
    store.addSamples(later, pictureOf(later, [{ name: 'db-0', uid: 'b', workingSetBytes: 2 }]));

    const series = store.series({ pod: 'db-0' }, 0, later);

    expect(series.map(({ key, points }) => [key.podUid, points.length])).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
  });

  it.each([
    [{ namespace: 'kube-flannel' }, ['flannel-x']],
    [{ kind: 'DaemonSet', workload: 'flannel' }, ['flannel-x']],
    [{ container: 'app' }, ['web']],
    [{ node: 'node2' }, ['flannel-x']],
    [{ pod: 'none' }, []],
  ])('answers for %j alone', (selector, expected) => {
    const store = open();
    const flannel = {
      namespace: 'kube-flannel',
      name: 'flannel-x',
      workload: { kind: 'DaemonSet', name: 'flannel' },
      container: 'kube-flannel',
      node: 'node2',
      workingSetBytes: 5,
    };
    store.addSamples(NOON, pictureOf(NOON, [flannel, { name: 'web', workingSetBytes: 1 }]));

    const series = store.series(selector, 0, NOON);

    expect(series.map(({ key }) => key.pod)).toEqual(expected);
  });

  it('answers for the time that is asked for alone', () => {
    const store = open();
    for (const minute of [0, 5, 10]) {
      const at = NOON + minute * MINUTE;
      store.addSamples(at, pictureOf(at, [{ name: 'web', workingSetBytes: minute }]));
    }

    const [series] = store.series({}, NOON + MINUTE, NOON + 9 * MINUTE);

    expect(series?.points.map(({ workingSetBytes }) => workingSetBytes)).toEqual([5]);
  });

  it('keeps a measurement once that is served twice', () => {
    const store = open();
    const measuredAt = new Date(NOON).toISOString();
    const stale = [{ name: 'web', workingSetBytes: 1, measuredAt }];
    store.addSamples(NOON, pictureOf(NOON, stale));

    const round = store.addSamples(NOON + MINUTE, pictureOf(NOON + MINUTE, stale));

    expect(round).toMatchObject({ stored: 0, repeated: 1 });
    expect(store.extent().samples).toBe(1);
  });

  it.each([
    [
      'measured before the last restart',
      { measuredAt: '2026-11-24T11:59:00Z', startedAt: '2026-11-24T11:59:30Z', workingSetBytes: 1 },
    ],
    ['no memory in it', {}],
    ['no memory in it', { workingSetBytes: Number.NaN }],
    ['no memory in it', { workingSetBytes: -1 }],
  ] as const)('leaves out what was %s', (reason, pod) => {
    const round = open().addSamples(NOON, pictureOf(NOON, [{ name: 'web', ...pod }]));

    expect([...round.leftOut]).toEqual([[reason, 1]]);
    expect(round.stored).toBe(0);
  });

  it('says why when there is nothing to keep', () => {
    const picture = { ...pictureOf(NOON, []), usage: absent('failed', 'Nobody measures here.') };

    const round = open().addSamples(NOON, picture);

    expect(round).toMatchObject({ stored: 0, why: 'Nobody measures here.' });
  });

  it('gives back reports with their findings, the oldest first', () => {
    const store = open();
    store.addReport(buildReport({ findings: [reportFinding()] }));
    store.addReport(
      { ...buildReport(), startedAt: '2026-01-02T00:00:00.000Z' },
      { narrowed: true },
    );

    const [first, second] = store.reports(0);

    expect(first).toMatchObject({ narrowed: false, findings: [{ check: 'route-missing' }] });
    expect(second).toMatchObject({ narrowed: true, findings: [], pairs: { broken: 0 } });
  });

  it('keeps a version of a page only when it differs from the last', () => {
    const store = open();

    const kept = ['a', 'a', 'b', 'a'].map((text, hour) => store.addDocument(hour, text));

    expect(kept).toEqual([true, false, true, true]);
    expect(store.documents().map(({ text }) => text)).toEqual(['a', 'b', 'a']);
  });

  it('can be read by its owner alone', () => {
    open().addSamples(NOON, pictureOf(NOON, [{ name: 'web', workingSetBytes: 1 }]));

    const modes = [file, `${file}-wal`, `${file}-shm`, join(file, '..')].map(
      (path) => statSync(path).mode & 0o777,
    );

    expect(modes).toEqual([0o600, 0o600, 0o600, 0o700]);
  });

  it('is not there to read before anything was kept', () => {
    expect(HistoryStore.openToRead(file)).toBeUndefined();
  });

  it('can be read while another writes', () => {
    const writer = open();
    writer.addSamples(NOON, pictureOf(NOON, [{ name: 'web', workingSetBytes: 1 }]));
    const reader = open({ readOnly: true });
    writer.addSamples(NOON + 1000, pictureOf(NOON + 1000, [{ name: 'web', workingSetBytes: 1 }]));

    expect(reader.extent().samples).toBe(2);
  });
});

describe('a file that cannot be used', () => {
  it('because a newer version made it is refused and left as it is', () => {
    open().close();
    opened = [];
    tamper('PRAGMA user_version = 99');
    const before = readFileSync(file);

    const code = codeOf(() => HistoryStore.open(file));

    expect(code).toBe('too-new');
    expect(readFileSync(file)).toEqual(before);
  });

  it('because another program made it is refused and left as it is', () => {
    open().close();
    opened = [];
    rmSync(file);
    tamper('CREATE TABLE other (id)');
    const before = readFileSync(file);

    const code = codeOf(() => HistoryStore.open(file));

    expect(code).toBe('foreign');
    expect(readFileSync(file)).toEqual(before);
  });

  it.each([
    ['is no database', () => Buffer.from('x'.repeat(8192))],
    ['was cut off', (whole: Buffer) => whole.subarray(0, 5000)],
  ])('because it %s is refused, left as it is, and told how to begin anew', (_, made) => {
    open().close();
    opened = [];
    const content = made(readFileSync(file));
    writeFileSync(file, content);

    const opening = (): HistoryStore => HistoryStore.open(file);

    expect(codeOf(opening)).toBe('damaged');
    expect(opening).toThrow(expect.objectContaining({ hint: expect.stringContaining('mv ') }));
    expect(readFileSync(file)).toEqual(content);
  });

  it('because a page in the middle is damaged says so when it is read, and is kept', () => {
    const store = open();
    const pods = Array.from({ length: 500 }, (_, n) => ({
      name: `p${String(n)}`,
      workingSetBytes: n,
    }));
    store.addSamples(NOON, pictureOf(NOON, pods));
    store.close();
    opened = [];
    const bytes = readFileSync(file);
    bytes.fill(0xff, 4096 * 2);
    writeFileSync(file, bytes);

    const code = codeOf(() => open().series({}, 0, NOON));

    expect(code).toBe('damaged');
    expect(readFileSync(file)).toEqual(bytes);
  });

  it('because there is no room keeps what was there', () => {
    const store = open({ maxBytes: 200_000 });
    const pods = Array.from({ length: 100 }, (_, n) => ({
      name: `p${String(n)}`,
      workingSetBytes: n,
    }));
    let rounds = 0;

    const code = codeOf(() => {
      for (; ; rounds += 1)
        store.addSamples(NOON + rounds * 1000, pictureOf(NOON + rounds * 1000, pods));
    });

    expect(code).toBe('full');
    expect(rounds).toBeGreaterThan(5);
    expect(store.extent().samples).toBe(rounds * 100);
  });
});
