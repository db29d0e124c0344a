// SPDX-License-Identifier: Apache-2.0

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { resolveJsonPointer } from '#model/json-pointer.ts';
import type { Report } from '#report/report.ts';
import { type Simulation, startSimulation } from '#simulation/api/server.ts';
import type { FaultName } from '#simulation/cluster/faults.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import { readBundle } from '#sources/bundle/read-bundle.ts';
import { runCommandLine } from '#apps/cli/command-line.ts';
import { type CapturedIo, capturedIo } from '../../testkit/captured-io.ts';

/** What no bundle may hold; each is planted somewhere. */
const SECRET = 'planted-secret';

let simulated: SimulatedCluster;
let simulation: Simulation;
let folder: string;
let bundle: string;

beforeEach(async () => {
  const now = new Date();
  simulated = cluster({ now: () => now });
  simulation = await startSimulation(simulated, {
    users: [{ name: 'reader', token: `${SECRET}-token`, rules: [ALL] }],
  });
  folder = await mkdtemp(join(tmpdir(), 'selvage-bundle-'));
  bundle = join(folder, 'taken.selvage.json.gz');
});

afterEach(async () => {
  await simulation.close();
  await rm(folder, { recursive: true });
});

const ALL = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };

interface Run extends CapturedIo {
  readonly exitCode: number;
}

async function selvage(kubeconfig: string, ...argv: readonly string[]): Promise<Run> {
  const file = join(folder, 'kubeconfig');
  await writeFile(file, kubeconfig);
  const io = capturedIo({ env: { KUBECONFIG: file, HOME: folder } });
  return { ...io, exitCode: await runCommandLine(argv, io) };
}

/** What a person without a cluster has: no kubeconfig, no address. */
async function offline(...argv: readonly string[]): Promise<Run> {
  const io = capturedIo({ env: { HOME: folder, KUBECONFIG: '/nonexistent' } });
  return { ...io, exitCode: await runCommandLine(argv, io) };
}

/** What a report says of the cluster, without what differs between two runs of the same. */
function judgement(text: string): Partial<Report> {
  const { verdicts, findings, pairs, nodes, cluster: about } = JSON.parse(text) as Report;
  return { verdicts, findings, pairs, nodes, cluster: about };
}

const FAULTS: readonly {
  readonly fault: readonly [name: FaultName, node: string, argument?: string];
}[] = [
  { fault: ['routes-flush', 'node2'] },
  { fault: ['fdb-del', 'node2', 'node3'] },
  { fault: ['link-bounce', 'node2'] },
  { fault: ['wrong-vtep-mac', 'node2'] },
  { fault: ['wrong-public-ip', 'node2'] },
  { fault: ['annotations-lost', 'node2'] },
  { fault: ['subnet-env-rm', 'node2'] },
  { fault: ['ip-forward-0', 'node2'] },
  { fault: ['flannel-oom', 'node2'] },
  { fault: ['coredns-down', 'node1'] },
  { fault: ['node-crash', 'node3'] },
];

describe.each(FAULTS)('a bundle taken during $fault', ({ fault }) => {
  it('gives offline what the cluster gave, with evidence that is there', async () => {
    simulated.fault(...fault);
    simulated.advance(60_000);

    const live = await selvage(simulation.kubeconfig, 'check', '-o', 'json');
    const taken = await selvage(simulation.kubeconfig, 'snapshot', '-f', bundle);
    await simulation.close();
    const later = await offline('check', '--bundle', bundle, '-o', 'json');

    expect(taken.exitCode).toBe(0);
    expect(judgement(later.stdout.text())).toEqual(judgement(live.stdout.text()));
    expect(later.exitCode).toBe(live.exitCode);
    const { snapshot } = await readBundle(bundle, new AbortController().signal);
    const { findings = [] } = judgement(later.stdout.text());
    expect(findings).not.toEqual([]);
    for (const pointer of findings.flatMap(({ evidence }) => evidence)) {
      expect([pointer, resolveJsonPointer(snapshot, pointer)]).not.toContain(undefined);
    }
  });
});

/** Puts a secret into each place beside those that are read. */
function plantSecrets(): void {
  const { store } = simulated;
  const hide = (what: string): string => `${SECRET}-${what}`;
  const metadata = (what: string): object => ({
    annotations: { 'vault.example.com/token': hide(`annotation-${what}`) },
    managedFields: [{ manager: 'kubectl', fieldsV1: { 'f:x': { '.': hide(`fields-${what}`) } } }],
  });
  for (const resource of ['nodes', 'daemonsets.apps', 'pods', 'configmaps', 'services']) {
    for (const object of store.list(resource).items) {
      const changed = structuredClone(object);
      const { annotations, managedFields } = metadata(resource) as {
        annotations: Record<string, string>;
        managedFields: unknown;
      };
      const lastApplied = {
        'kubectl.kubernetes.io/last-applied-configuration': hide(`applied-${resource}`),
      };
      changed.metadata.annotations = {
        ...changed.metadata.annotations,
        ...annotations,
        ...lastApplied,
      };
      changed.metadata['managedFields'] = managedFields;
      if (resource === 'configmaps') {
        changed['data'] = { ...(changed['data'] as object), 'etcd.password': hide('config-map') };
        changed['binaryData'] = { key: hide('binary') };
      }
      if (resource === 'services') changed['status'] = { note: hide('status') };
      for (const container of containersOf(changed)) {
        container['env'] = [
          ...((container['env'] as object[] | undefined) ?? []),
          { name: 'ETCD_PASSWORD', value: hide('env') },
        ];
        container['args'] = [
          ...((container['args'] as string[] | undefined) ?? []),
          `--etcd-password=${hide('argument')}`,
        ];
      }
      store.update(resource, changed);
    }
  }
  store.create('secrets', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'etcd', namespace: 'kube-flannel' },
    data: { key: hide('secret') },
  });
}

interface PodSpec {
  readonly containers?: Record<string, unknown>[];
  readonly template?: { readonly spec?: PodSpec };
}

function containersOf(object: object): readonly Record<string, unknown>[] {
  const { spec } = object as { readonly spec?: PodSpec };
  return spec?.containers ?? spec?.template?.spec?.containers ?? [];
}

describe('a bundle of a cluster full of secrets', () => {
  it('holds none of them, nor the token that it was read with', async () => {
    plantSecrets();
    const planted = JSON.stringify(
      ['nodes', 'daemonsets.apps', 'pods', 'configmaps'].map(
        (resource) => simulated.store.list(resource).items,
      ),
    );

    const { exitCode } = await selvage(
      simulation.kubeconfigFor('reader'),
      'snapshot',
      '-f',
      bundle,
    );

    const text = gunzipSync(await readFile(bundle)).toString();
    for (const place of ['annotation-nodes', 'fields-pods', 'applied-daemonsets.apps']) {
      expect(planted).toContain(`${SECRET}-${place}`);
    }
    for (const place of ['env', 'argument', 'config-map']) {
      expect(planted).toContain(`${SECRET}-${place}`);
    }
    expect(exitCode).toBe(0);
    expect(text).toContain('"cluster":"netConf","fact":{"state":"observed"');
    expect(text).toContain('"cluster":"flannel","fact":{"state":"observed"');
    expect(text).toContain('flannel.alpha.coreos.com/backend-data');
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(Buffer.from(SECRET).toString('base64').slice(0, -3));
    expect(text).not.toMatch(/BEGIN [A-Z ]*(?:KEY|CERTIFICATE)/u);
  });
});
