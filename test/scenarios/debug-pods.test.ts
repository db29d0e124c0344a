// SPDX-License-Identifier: Apache-2.0

import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { CollectOptions } from '#collectors/collect-snapshot.ts';
import { describeAccess } from '#engine/describe-access.ts';
import { judge } from '#engine/judge.ts';
import { readCluster } from '#engine/read-cluster.ts';
import { type PolicyRule, readerObjects } from '#engine/reader-role.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import type { Snapshot } from '#model/snapshot.ts';
import type { Report } from '#report/report.ts';
import type { PolicyRule as SimulatedRule } from '#simulation/api/authorization.ts';
import { type Simulation, startSimulation } from '#simulation/api/server.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import type { KubernetesObject } from '#simulation/store.ts';

const NAMESPACE = 'kube-flannel';
const ALLOWED = { debugPods: {} };
const EVERYTHING = { verbs: ['*'], apiGroups: ['*'], resources: ['*', 'pods/exec'] };

let folder: string;
let simulated: SimulatedCluster;
let simulation: Simulation;
/** Each debug pod that was ever stored, as it was created. */
let created: KubernetesObject[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'selvage-debug-pods-'));
  await serve(cluster());
});

afterEach(async () => {
  await simulation.close();
  await rm(folder, { recursive: true });
});

async function serve(
  served: SimulatedCluster,
  rules: readonly SimulatedRule[] = [EVERYTHING],
): Promise<void> {
  await (simulation as Simulation | undefined)?.close();
  simulated = served;
  created = [];
  simulated.store.subscribe((resource, type, object) => {
    if (resource === 'pods' && type === 'ADDED' && isDebugPod(object)) created.push(object);
  });
  const users = [{ name: 'reader', token: 'reader-token', rules }];
  simulation = await startSimulation(simulated, { users });
  await writeFile(join(folder, 'config'), simulation.kubeconfigFor('reader'), { mode: 0o600 });
}

function isDebugPod({ metadata }: KubernetesObject): boolean {
  return metadata.labels?.['app.kubernetes.io/managed-by'] === 'selvage';
}

function debugPodsLeft(): readonly string[] {
  const { items } = simulated.store.list('pods', { where: isDebugPod });
  return items.map(({ metadata }) => metadata.name);
}

function read(options: CollectOptions = ALLOWED): Promise<Snapshot> {
  return readCluster({ kubeconfig: join(folder, 'config'), env: {} }, options);
}

function judged(snapshot: Snapshot): Report {
  return judge(snapshot, { checks: CHECKS, toolVersion: '0.0.0-test' });
}

function originOf(snapshot: Snapshot, node: string): string | undefined {
  const links = snapshot.nodes[node]?.links;
  return links?.state === 'observed' ? links.origin : undefined;
}

/** Takes flannel's pod from a node and leaves what it programmed, as when the DaemonSet no longer selects it. */
function withoutFlannelPod(node: string): void {
  simulated.fault('flannel-oom', node, '1Mi');
}

/** Takes flannel's objects away: what is left is as with k3s, whose own process runs flannel. */
function embed(): void {
  simulated.store.delete('daemonsets.apps', 'kube-flannel-ds', NAMESPACE);
  simulated.store.delete('configmaps', 'kube-flannel-cfg', NAMESPACE);
  for (const node of simulated.nodeNames) {
    const pod = simulated.flannelPod(node);
    if (pod !== undefined) simulated.store.delete('pods', pod, NAMESPACE);
  }
}

function writes(): number {
  return ['create pods', 'delete pods', 'patch pods', 'update pods']
    .map((call) => simulation.calls.count(...(call.split(' ') as [string, string])))
    .reduce((sum, count) => sum + count, 0);
}

describe('without leave', () => {
  it('nothing is made, and the node without flannel stays unread', async () => {
    withoutFlannelPod('node2');

    const snapshot = await read({});

    expect(writes()).toBe(0);
    expect(snapshot.nodes['node2']?.links).toMatchObject({ state: 'absent' });
    const { nodes } = describeAccess(snapshot, CHECKS);
    expect(nodes[1]?.ways.map(({ way, state }) => [way, state])).toEqual([
      ['exec', 'fails'],
      ['debug-pod', 'not-tried'],
    ]);
  });
});

describe('with leave', () => {
  it('nothing is made where every node can be read without', async () => {
    const snapshot = await read();

    expect(writes()).toBe(0);
    expect(created).toEqual([]);
    expect(originOf(snapshot, 'node2')).toMatch(/^exec /u);
  });

  it('a node without a running flannel pod is read by a pod that is gone afterwards', async () => {
    withoutFlannelPod('node2');

    const snapshot = await read();

    const pod = created[0]?.metadata.name ?? '';
    expect(created).toHaveLength(1);
    expect(originOf(snapshot, 'node2')).toBe(
      `debug-pod kube-flannel/${pod} (ghcr.io/flannel-io/flannel:v0.28.9)`,
    );
    expect(originOf(snapshot, 'node1')).toMatch(/^exec /u);
    expect(debugPodsLeft()).toEqual([]);
    expect(judged(snapshot).pairs.unknown).toBe(0);
  });

  it('the pod can read the network and nothing else', async () => {
    withoutFlannelPod('node2');

    await read();

    expect(created[0]?.['spec']).toMatchObject({
      nodeName: 'node2',
      hostNetwork: true,
      restartPolicy: 'Never',
      activeDeadlineSeconds: 600,
      automountServiceAccountToken: false,
      tolerations: [{ operator: 'Exists' }],
      securityContext: { runAsNonRoot: true },
      containers: [
        {
          image: 'ghcr.io/flannel-io/flannel:v0.28.9',
          imagePullPolicy: 'Never',
          securityContext: {
            allowPrivilegeEscalation: false,
            privileged: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    });
    expect(created[0]?.['spec']).not.toHaveProperty('volumes');
    expect(created[0]?.['spec']).not.toHaveProperty('hostPID');
  });

  it('what the pod cannot read is absent with the reason, and no fault', async () => {
    withoutFlannelPod('node2');

    const snapshot = await read();

    expect(snapshot.nodes['node2']).toMatchObject({
      subnetEnv: { state: 'absent', reason: 'unsupported' },
      filterRules: { state: 'absent', reason: 'unsupported' },
      natRules: { state: 'absent', reason: 'unsupported' },
    });
    const unknown = judged(snapshot).verdicts.filter(({ verdict }) => verdict === 'unknown');
    expect(new Set(unknown.map(({ subject }) => subject))).toEqual(new Set(['node/node2']));
  });

  it('faults of such a node are found', async () => {
    withoutFlannelPod('node2');
    simulated.fault('routes-flush', 'node2');

    const report = judged(await read());

    expect(report.findings.filter(({ check }) => check === 'route-missing')).toHaveLength(2);
  });

  it('every node of a cluster with embedded Flannel is read, in kube-system', async () => {
    embed();

    const snapshot = await read({ debugPods: { image: 'example.org/tools:1' } });

    expect(created.map(({ metadata }) => metadata.namespace)).toEqual(Array(3).fill('kube-system'));
    expect(originOf(snapshot, 'node3')).toMatch(
      /^debug-pod kube-system\/.*\(example\.org\/tools:1\)$/u,
    );
    expect(debugPodsLeft()).toEqual([]);
  });

  it('a cluster with embedded Flannel and no known image tells how to name one', async () => {
    embed();
    for (const name of simulated.nodeNames) {
      const node = simulated.store.get('nodes', name);
      if (node === undefined) continue;
      const status = node['status'] as object;
      simulated.store.update('nodes', { ...node, status: { ...status, images: [] } });
    }

    const snapshot = await read();

    expect(created).toEqual([]);
    expect(snapshot.nodes['node1']?.links).toMatchObject({
      detail: expect.stringContaining('no image for a debug pod') as string,
    });
  });

  it('BusyBox is helped out by a named image, and by no other', async () => {
    await serve(cluster({ image: 'busybox' }));

    const without = await read();
    const made = created.length;
    const snapshot = await read({ debugPods: { image: 'example.org/tools:1' } });

    expect(made).toBe(0);
    expect(without.nodes['node1']?.fdb.state).toBe('absent');
    expect(snapshot.nodes['node1']).toMatchObject({
      fdb: { state: 'observed' },
      subnetEnv: { state: 'observed' },
      natRules: { state: 'observed' },
    });
    expect(judged(snapshot)).toMatchObject({
      findings: [],
      pairs: { checked: 6, broken: 0, unknown: 0 },
    });
  });

  it('a namespace that forbids such pods is told in the words of the API server', async () => {
    withoutFlannelPod('node2');

    const snapshot = await read({ debugPods: { namespace: 'default' } }).catch(() => undefined);
    const namespace = simulated.store.get('namespaces', 'default');
    const metadata = {
      name: 'default',
      ...namespace?.metadata,
      labels: { 'pod-security.kubernetes.io/enforce': 'baseline' },
    };
    simulated.store.update('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
    const refused = await read({ debugPods: { namespace: 'default' } });

    expect(snapshot && originOf(snapshot, 'node2')).toMatch(/^debug-pod default\//u);
    const { nodes } = describeAccess(refused, CHECKS);
    expect(nodes[1]?.ways.map(({ way, state }) => [way, state])).toEqual([
      ['exec', 'fails'],
      ['debug-pod', 'fails'],
    ]);
    expect(nodes[1]?.ways[1]?.reasons.join(' ')).toContain(
      'violates PodSecurity "baseline:latest"',
    );
    expect(debugPodsLeft()).toEqual([]);
  });

  it('a pod whose image is missing fails at once and is removed', async () => {
    withoutFlannelPod('node2');
    simulated.store.subscribe((resource, type, object) => {
      if (resource !== 'pods' || type !== 'ADDED' || !isDebugPod(object)) return;
      const waiting = { reason: 'ErrImagePull', message: 'no route to host' };
      const status = {
        phase: 'Pending',
        containerStatuses: [{ name: 'selvage', ready: false, restartCount: 0, state: { waiting } }],
      };
      simulated.store.update('pods', { ...object, status });
    });

    const snapshot = await read();

    const { nodes } = describeAccess(snapshot, CHECKS);
    expect(nodes[1]?.ways[1]?.reasons.join(' ')).toContain('ErrImagePull');
    expect(debugPodsLeft()).toEqual([]);
  });

  it('a pod that may neither be watched nor removed is told of', async () => {
    const pods = { verbs: ['list', 'create'], apiGroups: [''], resources: ['pods'] };
    const others = ['nodes', 'namespaces', 'daemonsets', 'configmaps', 'pods/exec'];
    await serve(cluster(), [pods, { verbs: ['*'], apiGroups: ['*'], resources: others }]);
    withoutFlannelPod('node2');
    const left: string[] = [];

    await read({ ...ALLOWED, onLeftover: (names) => left.push(...names) });

    expect(debugPodsLeft()).toHaveLength(1);
    expect(left).toEqual(debugPodsLeft().map((name) => `${NAMESPACE}/${name}`));
  });

  it('a run ends only when its pods are gone, for which a kubelet may need a moment', async () => {
    withoutFlannelPod('node2');
    let lingered = 0;
    simulated.store.subscribe((resource, type, object) => {
      if (resource !== 'pods' || type !== 'DELETED' || !isDebugPod(object)) return;
      if (lingered > 0) return;
      lingered += 1;
      const { name, labels } = object.metadata;
      const metadata = { name, namespace: NAMESPACE, ...(labels !== undefined && { labels }) };
      queueMicrotask(() => {
        simulated.store.create('pods', { ...object, metadata });
        setTimeout(() => {
          simulated.store.delete('pods', name, NAMESPACE);
        }, 400);
      });
    });

    await read();

    expect(lingered).toBe(1);
    expect(debugPodsLeft()).toEqual([]);
  });

  it('an interruption in the middle removes the pod', async () => {
    withoutFlannelPod('node2');
    simulation.faults.add({
      fault: { kind: 'silent' },
      on: { subresource: 'exec', node: 'node2' },
    });
    const interrupt = new AbortController();
    simulated.store.subscribe((resource, type, object) => {
      if (resource === 'pods' && type === 'ADDED' && isDebugPod(object)) {
        setTimeout(() => {
          interrupt.abort();
        }, 300);
      }
    });

    const reading = read({ ...ALLOWED, signal: interrupt.signal });

    await expect(reading).rejects.toThrow('cancelled');
    expect(created).toHaveLength(1);
    expect(debugPodsLeft()).toEqual([]);
  });
});

/** A debug pod as an earlier run left it. */
function leftover(name: string, annotations: Readonly<Record<string, string>>): void {
  simulated.store.create('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: NAMESPACE,
      labels: { 'app.kubernetes.io/managed-by': 'selvage', 'selvage.dev/run': 'abcd' },
      annotations: { ...annotations },
    },
    spec: { nodeName: 'node1', hostNetwork: true, containers: [{ name: 'selvage', image: 'x' }] },
    status: { phase: 'Running' },
  });
}

const LATER = '2999-01-01T00:00:00Z';

/** What names this machine in the annotation of a pod that a run of this process makes. */
async function ownMachine(): Promise<string> {
  withoutFlannelPod('node2');
  await read();
  const owner = created[0]?.metadata.annotations?.['selvage.dev/owner'] ?? '';
  expect(owner).toMatch(new RegExp(`^[0-9a-f]{16}-${String(process.pid)}$`, 'u'));
  return owner.split('-')[0] ?? '';
}

/** The pid of a process that ran and is gone. */
async function goneProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => child.once('exit', resolve));
  return child.pid ?? 0;
}

describe('the next run with leave', () => {
  it('removes what a killed run left, and not what a living one holds', async () => {
    const machine = await ownMachine();
    leftover('of-killed', {
      'selvage.dev/deadline': LATER,
      'selvage.dev/owner': `${machine}-${String(await goneProcess())}`,
    });
    leftover('of-living', {
      'selvage.dev/deadline': LATER,
      'selvage.dev/owner': `${machine}-${String(process.pid)}`,
    });
    leftover('of-another-machine', {
      'selvage.dev/deadline': LATER,
      'selvage.dev/owner': '0123456789abcdef-1',
    });
    leftover('past-its-deadline', {
      'selvage.dev/deadline': '2020-01-01T00:00:00Z',
      'selvage.dev/owner': '0123456789abcdef-1',
    });
    leftover('without-a-deadline', {});

    await read();

    expect([...debugPodsLeft()].sort()).toEqual(['of-another-machine', 'of-living']);
  });

  it('without leave nothing is removed either', async () => {
    leftover('past-its-deadline', { 'selvage.dev/deadline': '2020-01-01T00:00:00Z' });

    await read({});

    expect(debugPodsLeft()).toEqual(['past-its-deadline']);
    expect(writes()).toBe(0);
  });
});

/** What the printed roles grant. */
function printedRules(debugNamespace: string | undefined): readonly SimulatedRule[] {
  const objects = readerObjects({
    flannelNamespace: NAMESPACE,
    subject: { kind: 'User', name: 'reader' },
    debugNamespace,
  }) as readonly {
    readonly metadata: { readonly namespace?: string };
    readonly rules?: readonly PolicyRule[];
  }[];
  return objects.flatMap(({ metadata, rules = [] }) =>
    rules.map((rule) => ({
      ...rule,
      ...(metadata.namespace !== undefined && { namespaces: [metadata.namespace] }),
    })),
  );
}

describe('the printed roles', () => {
  it('for debug pods are all that it takes', async () => {
    await serve(cluster(), printedRules(NAMESPACE));
    withoutFlannelPod('node2');

    const snapshot = await read();

    expect(originOf(snapshot, 'node2')).toMatch(/^debug-pod /u);
    expect(debugPodsLeft()).toEqual([]);
    const { rights } = describeAccess(snapshot, CHECKS);
    expect(rights.filter(({ answer }) => answer !== 'allowed')).toEqual([]);
    expect(rights.map(({ verb, resource }) => `${verb} ${resource}`)).toEqual(
      expect.arrayContaining(['create pods', 'delete pods', 'get pods', 'get nodes']),
    );
  });

  it('of reading alone make no pod, and the report names the right that is missing', async () => {
    await serve(cluster(), printedRules(undefined));
    withoutFlannelPod('node2');

    const snapshot = await read();

    expect(created).toEqual([]);
    const { rights, nodes } = describeAccess(snapshot, CHECKS);
    expect(nodes[1]?.ways.map(({ state }) => state)).toEqual(['fails', 'fails']);
    const denied = rights.filter(({ answer }) => answer === 'denied');
    expect(denied.map(({ verb, resource }) => `${verb} ${resource}`)).toEqual([
      'get nodes',
      'create pods',
      'get pods',
      'delete pods',
    ]);
  });
});
