// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { AbsenceReason } from '#model/fact.ts';
import {
  CLUSTER_FACT_NAMES,
  NODE_FACT_NAMES,
  SNAPSHOT_SCHEMA_VERSION,
  type Snapshot,
} from '#model/snapshot.ts';
import { bundleManifest, NEWEST_SCHEMA_VERSION } from '#sources/bundle/manifest.ts';
import { readBundle } from '#sources/bundle/read-bundle.ts';
import { bundleBytes, saveBytes } from '#sources/bundle/save-bundle.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';

const MANIFEST = bundleManifest('0.1.0', '2026-11-24T12:00:01.000Z');
const signal = new AbortController().signal;

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'selvage-bundle-'));
  file = join(folder, 'cluster.selvage.json.gz');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

function save(snapshot: Snapshot, force = false): Promise<number> {
  return saveBytes(file, bundleBytes(snapshot, MANIFEST), { force, signal });
}

async function roundTrip(snapshot: Snapshot): Promise<Snapshot> {
  await save(snapshot, true);
  return (await readBundle(file, signal)).snapshot;
}

/** One change that a test may make to a healthy cluster. */
const change: fc.Arbitrary<(builder: SnapshotBuilder) => SnapshotBuilder> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(...CLUSTER_FACT_NAMES),
      fc.constantFrom<AbsenceReason>('forbidden', 'timed-out', 'failed'),
    )
    .map(
      ([name, reason]) =>
        (builder: SnapshotBuilder) =>
          builder.withoutCluster(name, reason),
    ),
  fc
    .constantFrom(...NODE_FACT_NAMES)
    .map((name) => (builder: SnapshotBuilder) => builder.withoutKernel('node1', name)),
  fc.string({ unit: 'binary' }).map(
    (text) => (builder: SnapshotBuilder) =>
      builder
        .withoutKernel('node1')
        .changeKernel('node2', 'routes', (routes) =>
          routes.map((route) => ({ ...route, gateway: text, type: text })),
        )
        .changeKernel('node2', 'sysctls', (sysctls) => ({ ...sysctls, [`a.${text}`]: 7 })),
  ),
);

const snapshots: fc.Arbitrary<Snapshot> = fc
  .tuple(
    fc.record({
      nodes: fc.integer({ min: 2, max: 12 }),
      windowsNodes: fc.integer({ min: 0, max: 2 }),
      dualStack: fc.boolean(),
      directRouting: fc.boolean(),
    }),
    fc.option(change, { nil: undefined }),
  )
  .map(([options, apply]) => {
    const builder = healthyCluster(options);
    return (apply?.(builder) ?? builder).build();
  });

describe('a bundle', () => {
  it('gives back any snapshot unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(snapshots, async (snapshot) => {
        expect(await roundTrip(snapshot)).toStrictEqual(snapshot);
      }),
      { numRuns: 40 },
    );
  });

  it('keeps each optional field of the model', async () => {
    const snapshot = { ...everyField(), apiFinishedAt: '2026-11-24T12:10:00.000Z' };

    expect(await roundTrip(snapshot)).toStrictEqual(snapshot);
  });

  it('gives back a snapshot that is frozen to its last value', async () => {
    const snapshot = await roundTrip(healthyCluster().build());

    expect(thawed(snapshot)).toEqual([]);
  });

  it('makes equal entries of different nodes one object', async () => {
    const snapshot = await roundTrip(healthyCluster({ nodes: 20 }).build());

    const macs = ['node1', 'node2'].map((node) => entryOf(snapshot, node));
    expect(macs[0]).toBe(macs[1]);
    expect(macs[0]).toMatchObject({ mac: '02:00:00:00:00:14' });
  });

  it('gives back a snapshot whose nodes share their entries', async () => {
    const snapshot = healthyCluster({ nodes: 5 }).build();

    const shared = await roundTrip(snapshot);

    expect(await roundTrip(shared)).toStrictEqual(snapshot);
  });

  it('grows with the nodes, not with their pairs', async () => {
    const small = await save(healthyCluster({ nodes: 20 }).build(), true);
    const large = await save(healthyCluster({ nodes: 200 }).build(), true);

    expect(large / small).toBeLessThan(20);
  });

  it('is of the version of the model', () => {
    expect(NEWEST_SCHEMA_VERSION).toBe(SNAPSHOT_SCHEMA_VERSION);
  });

  it('begins with its manifest', async () => {
    await save(healthyCluster().build());

    expect((await readBundle(file, signal)).manifest).toEqual({
      format: 'selvage-bundle',
      formatVersion: 1,
      schemaVersion: 1,
      tool: { name: 'selvage', version: '0.1.0' },
      createdAt: '2026-11-24T12:00:01.000Z',
    });
  });
});

function entryOf(snapshot: Snapshot, node: string): object | undefined {
  const fdb = snapshot.nodes[node]?.fdb;
  const entries = fdb?.state === 'observed' ? fdb.value : [];
  return entries.find(({ mac }) => mac === '02:00:00:00:00:14');
}

/** Paths of objects that are not frozen. */
function thawed(value: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, each]) => thawed(each, `${path}/${key}`));
  return Object.isFrozen(value) ? inner : [path, ...inner];
}

/** A snapshot that uses what the healthy ones leave out. */
function everyField(): Snapshot {
  return healthyCluster({ port: 4790, backendMtu: 1400, dualStack: true })
    .changeNode('node1', (node) => ({
      ...node,
      taints: [{ key: 'a', value: 'b', effect: 'NoSchedule' }],
      conditions: [{ type: 'Ready', status: 'Unknown', message: 'm', lastTransitionAt: 't' }],
    }))
    .changeCluster('flannelPods', (pods) =>
      pods.map((pod) => ({
        ...pod,
        deletingSince: '2026-11-24T11:00:00Z',
        containers: pod.containers.map((container) => ({
          ...container,
          reason: 'CrashLoopBackOff',
          terminated: { exitCode: 1, reason: 'Error', startedAt: 's', finishedAt: 'f' },
          lastTerminated: { exitCode: 137, reason: 'OOMKilled' },
          memoryLimit: '50Mi',
        })),
      })),
    )
    .changeCluster('flannel', () => ({ kind: 'embedded', annotationPrefix: 'p' }))
    .changeKernel('node1', 'links', (links) =>
      links.map((link) => ({
        ...link,
        mac: '02:00:00:00:00:01',
        master: 'cni0',
        vxlan: {
          vni: 1,
          local: '192.0.2.1',
          lowerLink: 'eth0',
          port: 1,
          learning: true,
          gbp: true,
        },
      })),
    )
    .changeKernel('node2', 'subnetEnv', () => null)
    .changeKernel('node3', 'subnetEnv', () => ({ mtu: 1450, ipMasq: true, ipv6Subnet: 's' }))
    .build();
}

describe('the file', () => {
  it('is for its owner only, and nothing is left beside it', async () => {
    await save(healthyCluster().build());

    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['cluster.selvage.json.gz']);
  });

  it('replaces none of that name', async () => {
    await writeFile(file, 'mine');

    await expect(save(healthyCluster().build())).rejects.toMatchObject({ code: 'file-exists' });
    expect(await readFile(file, 'utf8')).toBe('mine');
    expect(await readdir(folder)).toEqual(['cluster.selvage.json.gz']);
  });

  it('replaces one with force, whose readers no longer matter', async () => {
    await writeFile(file, 'mine');
    await chmod(file, 0o644);

    await save(healthyCluster().build(), true);

    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readBundle(file, signal)).snapshot.schemaVersion).toBe(1);
  });

  it('is not there when writing fails in the middle', async () => {
    const bytes = failing(new Error('no space'));

    await expect(saveBytes(file, bytes, { force: false, signal })).rejects.toMatchObject({
      code: 'file-unwritable',
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('is not there when the run is interrupted', async () => {
    const interrupt = new AbortController();
    const reason = new Error('interrupted');
    interrupt.abort(reason);
    const bytes = bundleBytes(healthyCluster().build(), MANIFEST);

    const saved = saveBytes(file, bytes, { force: false, signal: interrupt.signal });

    await expect(saved).rejects.toBe(reason);
    expect(await readdir(folder)).toEqual([]);
  });

  it('cannot be in a folder that does not exist', async () => {
    file = join(folder, 'none', 'x');

    await expect(save(healthyCluster().build())).rejects.toMatchObject({
      code: 'file-unwritable',
      message: expect.stringContaining('ENOENT'),
    });
  });

  it('cannot be a folder, also with force', async () => {
    await mkdir(file);

    await expect(save(healthyCluster().build(), true)).rejects.toMatchObject({
      code: 'file-unwritable',
    });
  });
});

async function* failing(error: Error): AsyncGenerator<Uint8Array, void> {
  yield Buffer.from('half of it');
  await Promise.resolve();
  throw error;
}
