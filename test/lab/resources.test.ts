// SPDX-License-Identifier: Apache-2.0

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { flannelRestartedAtMost } from './conditions.ts';
import { containerMemory, nodeMemory } from './kernel-memory.ts';
import { kubectlGet, lab, tryLab, waitUntil } from './lab-command.ts';
import { adminKubeconfig, selvage } from './selvage-command.ts';

const MIB = 1024 * 1024;
/** Between a kubelet's measuring and our reading of the kernel, memory moves by less than this part. */
const MOVES = 0.35;

const TOP = z.object({
  usage: z.object({ origin: z.string().optional(), doubts: z.array(z.string()) }),
  rows: z.array(
    z.object({
      namespace: z.string().optional(),
      name: z.string(),
      container: z.string().optional(),
      node: z.string().optional(),
      memory: z.object({ used: z.number(), peakBytes: z.number().optional() }),
      cpu: z.object({ used: z.number() }),
      oomKills: z.number().optional(),
    }),
  ),
  unknown: z.array(z.string()),
});
type Row = z.output<typeof TOP>['rows'][number];

const LIMITS = z.object({
  usage: z.object({ origin: z.string().optional(), measured: z.int(), unmeasured: z.int() }),
  findings: z.array(z.object({ kind: z.string(), severity: z.string() })),
  unknown: z.array(z.string()),
});

const POD = z.object({
  problems: z.array(z.unknown()),
  memory: z.array(z.object({ container: z.string(), useBytes: z.number().optional() })),
  node: z.object({ name: z.string(), verdicts: z.array(z.unknown()) }),
});

const OOM = z.object({
  kills: z.array(z.object({ podIsGone: z.boolean().optional() })),
  claims: z.array(z.object({ id: z.string(), verdict: z.string() })),
});

const HEALTH = z.object({
  items: z.array(z.object({ id: z.string(), state: z.string(), summary: z.string() })),
});

const DOCUMENT = z.object({
  content: z.object({ nodes: z.array(z.unknown()), unread: z.array(z.unknown()) }),
});

const PODS = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ namespace: z.string(), name: z.string() }),
      spec: z.object({ nodeName: z.string() }),
      status: z.object({
        containerStatuses: z.array(z.object({ name: z.string(), containerID: z.string() })),
      }),
    }),
  ),
});

/** A container of the lab as kubectl shows it. */
interface Running {
  readonly key: string;
  readonly node: string;
  readonly id: string;
}

let state: string;

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'selvage-lab-resources-'));
  process.env['XDG_STATE_HOME'] = state;
  await lab('heal');
  await flannelRestartedAtMost(0);
});

afterAll(async () => {
  delete process.env['XDG_STATE_HOME'];
  await rm(state, { recursive: true, force: true });
});

/** What a command says as JSON, in the shape given. */
async function asked<Shape extends z.ZodType>(
  shape: Shape,
  ...words: readonly string[]
): Promise<z.output<Shape>> {
  const { stdout, stderr } = await selvage(
    ...words,
    '-o',
    'json',
    '--kubeconfig',
    await adminKubeconfig(),
  );
  if (stdout === '') throw new Error(stderr);
  return shape.parse(JSON.parse(stdout));
}

async function runningContainers(): Promise<readonly Running[]> {
  const { items } = await kubectlGet(PODS, 'pods', '--all-namespaces');
  return items.flatMap(({ metadata, spec, status }) =>
    status.containerStatuses.map(({ name, containerID }) => ({
      key: `${metadata.namespace}/${metadata.name}/${name}`,
      node: spec.nodeName,
      id: containerID.replace(/^.*\/\//, ''),
    })),
  );
}

/** Columns of `kubectl top`, by the words of each line that say whose it is. */
async function kubectlTop(names: number, ...words: readonly string[]): Promise<readonly string[]> {
  const text = await lab('kubectl', 'top', ...words, '--no-headers');
  return text
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/))
    .map((columns) => [columns.slice(0, names).join('/'), ...amounts(columns, names)].join(' '))
    .sort();
}

/** Cores and memory without what `kubectl top nodes` writes between them. */
function amounts(columns: readonly string[], from: number): readonly string[] {
  return columns.slice(from).filter((column) => /\d(?:m|Mi)$/.test(column));
}

/** A row as `kubectl top` rounds it: millicores up, MiB down. */
function asKubectlDoes(row: Row): string {
  const key = [row.namespace, row.name, row.container].filter((each) => each !== undefined);
  const cpu = Math.ceil(Math.round(row.cpu.used * 1e9) / 1e6);
  return `${key.join('/')} ${String(cpu)}m ${String(Math.floor(row.memory.used / MIB))}Mi`;
}

/** `selvage top` between two looks of kubectl at the same values: metrics-server may measure anew in between. */
async function sameMoment(
  kind: string,
  look: () => Promise<readonly string[]>,
): Promise<{ readonly ours: readonly string[]; readonly theirs: readonly string[] }> {
  for (let tries = 0; tries < 10; tries += 1) {
    const theirs = await look();
    const { rows } = await asked(TOP, 'top', kind, '--from', 'metrics-server');
    if ((await look()).join() === theirs.join()) {
      return { ours: rows.map(asKubectlDoes).sort(), theirs };
    }
  }
  throw new Error('metrics-server never said the same twice');
}

/** Rows whose working set is not that of the kernel. */
async function unlikeKernel(rows: readonly Row[]): Promise<readonly string[]> {
  const containers = await runningContainers();
  const judged = await Promise.all(
    rows.map(async ({ namespace, name, container, memory }) => {
      const key = `${namespace ?? ''}/${name}/${container ?? ''}`;
      const found = containers.find((each) => each.key === key);
      if (found === undefined) return [`${key} is not there`];
      const { workingSet } = await containerMemory(found.node, found.id);
      const isLike = Math.abs(memory.used - workingSet) <= Math.max(workingSet * MOVES, 2 * MIB);
      return isLike ? [] : [`${key}: ${String(memory.used)}, the kernel ${String(workingSet)}`];
    }),
  );
  return judged.flat();
}

function verdicts({ claims }: z.output<typeof OOM>): readonly string[] {
  return claims.map(({ id, verdict }) => `${id} ${verdict}`);
}

/** What `oom`, `limits`, `pod`, `document` and `health` say of a healthy lab, wherever use is read. */
function describeOthers(origin: string): void {
  it('has every running container in limits, and no fault', async () => {
    const report = await asked(LIMITS, 'limits');

    const { length } = await runningContainers();
    expect(report.usage).toEqual({ ...report.usage, origin, measured: length, unmeasured: 0 });
    expect(report.findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(report.unknown).toEqual([]);
  });

  it('has the memory of a pod as the kernel has it', async () => {
    const containers = await runningContainers();
    const flannel = containers.find(
      ({ key, node }) => node === 'node2' && key.startsWith('kube-flannel/'),
    );
    const [namespace, name] = (flannel?.key ?? '').split('/');

    const report = await asked(POD, 'pod', `${namespace ?? ''}/${name ?? ''}`);

    const { workingSet } = await containerMemory('node2', flannel?.id ?? '');
    // Its init containers are done and use nothing.
    const memory = report.memory.find(({ container }) => container === 'kube-flannel');
    expect(report.problems).toEqual([]);
    expect(report.node).toEqual({ ...report.node, name: 'node2', verdicts: [] });
    expect(Math.abs((memory?.useBytes ?? 0) - workingSet)).toBeLessThan(workingSet * MOVES);
  });

  it('rules out that flannel was killed', async () => {
    const report = await asked(OOM, 'oom', '--flannel');

    expect(report.kills.filter(({ podIsGone }) => podIsGone !== true)).toEqual([]);
    expect(verdicts(report)).toEqual([
      'flanneld-killed ruled-out',
      'child-killed ruled-out',
      'routes-lost ruled-out',
    ]);
  });

  it('leaves nothing of the page unread', async () => {
    const { content } = await asked(DOCUMENT, 'document');

    expect(content.nodes).toHaveLength(3);
    expect(content.unread).toEqual([]);
  });

  it.each(['--daily', '--after-restart'])('finds all well in health %s', async (routine) => {
    const { items } = await asked(HEALTH, 'health', routine, '--no-history');

    expect(items.filter(({ state: is }) => is === 'critical' || is === 'unknown')).toEqual([]);
  });
}

describe('with metrics-server', () => {
  beforeAll(async () => {
    // metrics-server tells of a container when it has seen it twice.
    await waitUntil('metrics of all containers', 90_000, async () => {
      const { stdout } = await tryLab(
        'kubectl',
        'top',
        'pods',
        '--containers',
        '-A',
        '--no-headers',
      );
      return stdout.trim().split('\n').length === (await runningContainers()).length;
    });
  });

  it('top nodes says what kubectl top says', async () => {
    const { ours, theirs } = await sameMoment('nodes', () => kubectlTop(1, 'nodes'));

    expect(ours).toHaveLength(3);
    expect(ours).toEqual(theirs);
  });

  it('top containers says what kubectl top says', async () => {
    const { ours, theirs } = await sameMoment('containers', () =>
      kubectlTop(3, 'pods', '--containers', '-A'),
    );

    expect(ours.length).toBeGreaterThan(5);
    expect(ours).toEqual(theirs);
  });

  it('top flannel has the peaks of the kernel', async () => {
    const { rows } = await asked(TOP, 'top', 'flannel');

    const containers = await runningContainers();
    const peaks = await Promise.all(
      rows.map(async ({ namespace, name, container, memory, oomKills }) => {
        const key = `${namespace ?? ''}/${name}/${container ?? ''}`;
        const found = containers.find((each) => each.key === key);
        const { peak } = await containerMemory(found?.node ?? '', found?.id ?? '');
        return { key, isPeak: memory.peakBytes === peak, oomKills };
      }),
    );
    expect(peaks).toHaveLength(3);
    expect(peaks.filter(({ isPeak, oomKills }) => !isPeak || oomKills !== 0)).toEqual([]);
  });

  describeOthers('metrics-server');
});

describe('without metrics-server', () => {
  beforeAll(async () => {
    await lab(
      'kubectl',
      'scale',
      'deployment',
      '-n',
      'kube-system',
      'metrics-server',
      '--replicas=0',
    );
    await waitUntil('no metrics', 90_000, async () => {
      const pods = await lab('kubectl', 'get', 'pods', '-n', 'kube-system', '-o', 'name');
      return (
        !pods.includes('metrics-server') && (await tryLab('kubectl', 'top', 'nodes')).exitCode !== 0
      );
    });
  });

  afterAll(async () => {
    await lab(
      'kubectl',
      'scale',
      'deployment',
      '-n',
      'kube-system',
      'metrics-server',
      '--replicas=1',
    );
    await waitUntil(
      'metrics',
      120_000,
      async () => (await tryLab('kubectl', 'top', 'nodes')).exitCode === 0,
    );
  });

  it('top nodes has from the kubelets what the kernel has', async () => {
    const { usage, rows } = await asked(TOP, 'top', 'nodes');

    const judged = await Promise.all(
      rows.map(async ({ name, memory }) => {
        const { workingSet } = await nodeMemory(name);
        return Math.abs(memory.used - workingSet) <= workingSet * MOVES;
      }),
    );
    expect(usage.origin).toBe('kubelet');
    expect(judged).toEqual([true, true, true]);
  });

  it('top containers has all of them, as the kernel has them', async () => {
    const { usage, rows, unknown } = await asked(TOP, 'top', 'containers');

    expect(usage.origin).toBe('kubelet');
    expect(rows).toHaveLength((await runningContainers()).length);
    expect(await unlikeKernel(rows)).toEqual([]);
    expect(unknown).toEqual([]);
  });

  describeOthers('kubelet');
});
