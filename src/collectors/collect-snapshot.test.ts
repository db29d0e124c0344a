// SPDX-License-Identifier: Apache-2.0

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fact } from '#model/fact.ts';
import { NO_RULES } from '#sources/linux/parse-iptables-worlds.ts';
import { NODE_FACT_NAMES, type Snapshot } from '#model/snapshot.ts';
import { type CollectOptions, collectSnapshot } from '#collectors/collect-snapshot.ts';
import { type Simulation, startSimulation } from '#simulation/api/server.ts';
import { type StubCluster, stubCluster } from '../../testkit/stub-cluster.ts';
import type { KubernetesObject } from '#simulation/store.ts';
import type { ExecRequest, ExecResult } from '#simulation/workload-backend.ts';
import { type KubernetesConnection, connect } from '#sources/kubernetes/connection.ts';
import { type SourceError, isSourceError } from '#sources/source-error.ts';

const NET_CONF = '{"Network":"10.244.0.0/16","Backend":{"Type":"vxlan"}}';
const FLANNEL_CONTAINER = {
  name: 'kube-flannel',
  image: 'docker.io/flannel/flannel:v0.28.9',
  command: ['/opt/bin/flanneld'],
  args: ['--ip-masq', '--kube-subnet-mgr'],
  volumeMounts: [{ name: 'flannel-cfg', mountPath: '/etc/kube-flannel/' }],
};
const POD_SPEC = {
  containers: [FLANNEL_CONTAINER],
  volumes: [{ name: 'flannel-cfg', configMap: { name: 'kube-flannel-cfg' } }],
  tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: 'kubernetes.io/os', operator: 'In', values: ['linux'] }] },
        ],
      },
    },
  },
};

/** What each command prints on each node; a test replaces entries. */
let outputs: Record<string, Partial<ExecResult>>;
let directory: string;
let cluster: StubCluster;
let simulation: Simulation;
const open: KubernetesConnection[] = [];

function object(kind: string, namespace: string, name: string, rest: object): KubernetesObject {
  const groups: Record<string, string> = {
    DaemonSet: 'apps/v1',
    EndpointSlice: 'discovery.k8s.io/v1',
  };
  return { apiVersion: groups[kind] ?? 'v1', kind, metadata: { name, namespace }, ...rest };
}

function flannelPod(node: string, status: object = running()): KubernetesObject {
  const pod = object('Pod', 'kube-flannel', `kube-flannel-ds-${node}`, {
    spec: { ...POD_SPEC, nodeName: node },
    status,
  });
  pod.metadata.labels = { app: 'flannel' };
  pod.metadata.ownerReferences = [
    { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'kube-flannel-ds', uid: 'x' },
  ];
  return pod;
}

function running(): object {
  return {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [
      {
        name: 'kube-flannel',
        ready: true,
        restartCount: 0,
        state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
      },
    ],
  };
}

function addFlannel(): void {
  const { store } = cluster;
  store.create('namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'kube-system', uid: 'cluster-uid' },
  });
  store.create(
    'daemonsets.apps',
    object('DaemonSet', 'kube-flannel', 'kube-flannel-ds', {
      spec: {
        selector: { matchLabels: { app: 'flannel' } },
        template: { metadata: { labels: { app: 'flannel' } }, spec: POD_SPEC },
      },
      status: { desiredNumberScheduled: 3 },
    }),
  );
  store.create(
    'configmaps',
    object('ConfigMap', 'kube-flannel', 'kube-flannel-cfg', {
      data: { 'net-conf.json': NET_CONF },
    }),
  );
  for (const node of ['w1', 'w2', 'w3']) store.create('pods', flannelPod(node));
}

function addDns(): void {
  const { store } = cluster;
  const service = object('Service', 'kube-system', 'kube-dns', {
    spec: { clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'], selector: { dns: 'yes' } },
  });
  service.metadata.labels = { 'k8s-app': 'kube-dns' };
  store.create('services', service);
  const slice = object('EndpointSlice', 'kube-system', 'kube-dns-1', {
    addressType: 'IPv4',
    endpoints: [
      { addresses: ['10.244.1.2'], conditions: { ready: true } },
      { addresses: ['10.244.2.2'], conditions: { ready: false } },
    ],
  });
  slice.metadata.labels = { 'kubernetes.io/service-name': 'kube-dns' };
  store.create('endpointslices.discovery.k8s.io', slice);
}

/** Runs the product's script: each line `s <section> <command…>` prints what `outputs` holds. */
function runScript({ pod, command }: ExecRequest): ExecResult {
  const script = command[2] ?? '';
  const marker = /^m=(\w+)$/m.exec(script)?.[1] ?? '';
  let stdout = '';
  let stderr = '';
  for (const [, name = ''] of script.matchAll(/^s (\S+) /gm)) {
    const printed = outputs[`${pod.replace('kube-flannel-ds-', '')}/${name}`] ?? outputs[name];
    const result = { stdout: '', stderr: '', exitCode: 0, ...printed };
    stdout += `\n${marker} begin ${name}\n${result.stdout}\n${marker} end ${name} ${String(result.exitCode)}\n`;
    stderr += `\n${marker} begin ${name}\n${result.stderr}\n${marker} end ${name} ${String(result.exitCode)}\n`;
  }
  return { stdout, stderr, exitCode: 0 };
}

const MISSING = { exitCode: 1, stderr: "cat: can't open 'x': No such file or directory\n" };

beforeEach(async () => {
  outputs = {
    links: {
      stdout:
        '[{"ifindex":7,"ifname":"flannel.1","flags":["UP"],"mtu":1450,"linkinfo":{"info_kind":"vxlan","info_data":{"id":1,"port":8472}}}]\n',
    },
    addresses: { stdout: '[]\n' },
    routes: { stdout: '[{"dst":"10.244.9.0/24","gateway":"10.244.9.0","dev":"flannel.1"}]\n' },
    routes6: { stdout: '[]\n' },
    neighbours: { stdout: '[{"dst":"10.244.9.0","dev":"flannel.1","state":["PERMANENT"]}]\n' },
    fdb: { stdout: '[{"mac":"aa:bb:cc:dd:ee:ff","ifname":"flannel.1","dst":"10.0.0.9"}]\n' },
    'subnet-env': { stdout: 'FLANNEL_MTU=1450\n' },
    'net-conf': { stdout: NET_CONF },
    sysctls: { stdout: '/proc/sys/net/ipv4/ip_forward:1\n', exitCode: 2 },
    boot: { stdout: '6f1f7b4e-8b53-4a8e-9b2f-0c5d3e6a7b81\nbtime 1767225600\n' },
  };
  directory = await mkdtemp(path.join(tmpdir(), 'selvage-'));
  cluster = stubCluster(3);
  cluster.answer = runScript;
  addFlannel();
  addDns();
  simulation = await startSimulation(cluster);
});

afterEach(async () => {
  for (const connection of open.splice(0)) connection.close();
  await simulation.close();
  await rm(directory, { recursive: true });
});

async function collect(options: CollectOptions = {}, token?: string): Promise<Snapshot> {
  const kubeconfig = path.join(directory, 'config');
  await writeFile(kubeconfig, simulation.kubeconfig);
  const connection = await connect({ kubeconfig, token, requestTimeoutMs: 1000, env: {} });
  open.push(connection);
  return collectSnapshot(connection, options);
}

async function withRules(
  rules: NonNullable<Parameters<typeof startSimulation>[1]>['users'] & {},
): Promise<void> {
  await simulation.close();
  simulation = await startSimulation(cluster, { users: rules });
}

function valueOf<T>(fact: Fact<T> | undefined): T {
  if (fact?.state === 'observed') return fact.value;
  throw new Error(`the fact is absent: ${fact?.detail ?? 'no record'}`);
}

async function failure(promise: Promise<unknown>): Promise<SourceError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (isSourceError(error)) return error;
  throw new Error('no SourceError was thrown', { cause: error });
}

describe('collectSnapshot', () => {
  it('observes every fact of a healthy cluster', async () => {
    const snapshot = await collect();

    const facts = [...Object.values(snapshot.cluster), ...Object.values(snapshot.nodes)].flat();
    expect(Object.keys(snapshot.nodes)).toStrictEqual(['w1', 'w2', 'w3']);
    expect(JSON.stringify(facts)).not.toContain('"absent"');
    expect(valueOf(snapshot.cluster.identity)).toMatchObject({
      uid: 'cluster-uid',
      version: 'v1.34.4',
    });
    expect(valueOf(snapshot.cluster.flannel)).toStrictEqual({
      kind: 'daemonset',
      namespace: 'kube-flannel',
      name: 'kube-flannel-ds',
      container: 'kube-flannel',
      image: 'docker.io/flannel/flannel:v0.28.9',
      version: 'v0.28.9',
      annotationPrefix: 'flannel.alpha.coreos.com',
      publicIpFlag: false,
      nodeSelector: {},
      tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }],
      affinityOs: ['linux'],
      hasUnevaluatedAffinity: false,
      resources: { requests: {}, limits: {} },
      updateStrategy: { type: 'RollingUpdate' },
      management: { labels: {}, annotations: {}, managers: [], lastApplied: false },
      configMap: 'kube-flannel-cfg',
    });
    expect(valueOf(snapshot.cluster.coreDns)).toMatchObject({
      service: 'kube-system/kube-dns',
      clusterIPs: ['10.96.0.10'],
      readyEndpoints: ['10.244.1.2'],
      notReadyEndpoints: ['10.244.2.2'],
    });
    expect(valueOf(snapshot.nodes['w1']?.sysctls)).toStrictEqual({ 'net.ipv4.ip_forward': 1 });
  });

  it('makes one round trip and reads one log per node, and a fixed number of lists', async () => {
    await collect();

    expect(simulation.calls.count('get', 'pods/exec')).toBe(3);
    expect(simulation.calls.count('get', 'pods/log')).toBe(3);
    expect(simulation.calls.count('list', 'nodes')).toBe(1);
    expect(simulation.calls.count('create', 'selfsubjectaccessreviews.authorization.k8s.io')).toBe(
      15,
    );
    expect(simulation.calls.total).toBeLessThan(35);
  });

  it('shares equal entries of different nodes and freezes everything', async () => {
    const { nodes } = await collect();

    const [one, other] = [nodes['w1'], nodes['w2']];
    expect(valueOf(one?.routes)[0]).toBe(valueOf(other?.routes)[0]);
    expect(valueOf(one?.fdb)[0]).toBe(valueOf(other?.fdb)[0]);
    expect(nodes).toSatisfy(Object.isFrozen);
    expect(valueOf(one?.neighbours)).toSatisfy(Object.isFrozen);
  });

  it('says by which pod each fact came', async () => {
    const { nodes } = await collect();

    expect(nodes['w2']?.links).toMatchObject({ origin: 'exec kube-flannel/kube-flannel-ds-w2' });
  });

  it('reads the selected nodes only and keeps a record of the others', async () => {
    const { nodes } = await collect({ nodes: ['w2'] });

    expect(nodes['w1']?.routes).toMatchObject({ state: 'absent', reason: 'not-collected' });
    expect(nodes['w2']?.routes.state).toBe('observed');
    expect(simulation.calls.count('get', 'pods/exec')).toBe(1);
  });

  it('refuses a selected node that does not exist', async () => {
    const error = await failure(collect({ nodes: ['w9'] }));

    expect(error).toMatchObject({ code: 'not-found', target: 'node w9' });
  });

  it('reports progress to the end', async () => {
    const seen: string[] = [];

    await collect({
      onProgress: (p) => seen.push(`${p.phase} ${String(p.done)}/${String(p.total)}`),
    });

    expect(seen[0]).toBe('cluster 0/9');
    expect(seen.at(-1)).toBe('nodes 3/3');
  });
});

describe('a node', () => {
  it('that never answers costs its own time limit only', async () => {
    simulation.faults.add({ fault: { kind: 'silent' }, on: { node: 'w2' } });

    const { nodes } = await collect({ nodeTimeoutMs: 500 });

    for (const name of NODE_FACT_NAMES) {
      expect(nodes['w2']?.[name]).toMatchObject({ state: 'absent', reason: 'timed-out' });
    }
    expect(nodes['w1']?.routes.state).toBe('observed');
    expect(nodes['w3']?.routes.state).toBe('observed');
  });

  it('whose output is cut keeps the facts before the cut', async () => {
    const fault = { kind: 'output-cut', afterBytes: 600 } as const;
    simulation.faults.add({ fault, on: { subresource: 'exec', node: 'w1' } });

    const { nodes } = await collect();

    expect(nodes['w1']?.links.state).toBe('observed');
    expect(nodes['w1']?.sysctls).toMatchObject({ state: 'absent', reason: 'failed' });
  });

  it('whose answer is garbage has absent facts', async () => {
    simulation.faults.add({
      fault: { kind: 'garbage', stdout: '\u001b[2J<b>' },
      on: { node: 'w1' },
    });

    const { nodes } = await collect();

    expect(nodes['w1']?.routes).toMatchObject({ state: 'absent', reason: 'failed' });
  });

  it.each([
    ['fdb', { exitCode: 127, stderr: 'sh: bridge: not found\n' }, 'fdb', 'unsupported'],
    ['links', { exitCode: 1, stderr: 'BusyBox v1.35.0\nUsage: ip' }, 'links', 'unsupported'],
    [
      'fdb',
      { exitCode: 255, stderr: 'RTNETLINK answers: Operation not permitted' },
      'fdb',
      'forbidden',
    ],
    ['routes', { exitCode: 1, stderr: 'odd\u001b[31m failure' }, 'routes', 'failed'],
    ['routes6', { stdout: 'not json' }, 'routes', 'failed'],
    ['subnet-env', { stdout: '$(reboot)\n' }, 'subnetEnv', 'failed'],
    [
      'legacy-tables',
      { exitCode: 1, stderr: "cat: can't open 'x': Permission denied\n" },
      'iptablesWorlds',
      'forbidden',
    ],
    ['udp-counters', { exitCode: 1 }, 'udpCounters', 'failed'],
    ['boot', { stdout: 'btime 1767225600\n' }, 'boot', 'failed'],
  ] as const)('whose %s ends with %j loses %s only (%s)', async (section, output, fact, reason) => {
    outputs[`w1/${section}`] = output;

    const { nodes } = await collect();

    const record = nodes['w1'];
    expect(record?.[fact]).toMatchObject({ state: 'absent', reason });
    expect(JSON.stringify(record?.[fact])).not.toContain('\\u001b');
    const absent = NODE_FACT_NAMES.filter((name) => record?.[name].state === 'absent');
    expect(absent).toStrictEqual([fact]);
  });

  it('without subnet.env has null for it', async () => {
    outputs['w1/subnet-env'] = MISSING;

    const { nodes } = await collect();

    expect(valueOf(nodes['w1']?.subnetEnv)).toBeNull();
  });

  it.each([
    ['without iptables-legacy', MISSING],
    ['whose iptables-legacy nobody uses', { stdout: '' }],
    ['with other tables of iptables-legacy', { stdout: 'mangle\n' }],
  ] as const)('%s has no rules there, with no program for them', async (_, tables) => {
    outputs['w1/legacy-tables'] = tables;
    outputs['w1/legacy-rules'] = { exitCode: 127 };
    outputs['w1/nft-forward'] = { exitCode: 127 };

    const { nodes } = await collect();

    expect(valueOf(nodes['w1']?.iptablesWorlds)).toStrictEqual({ legacy: NO_RULES });
  });

  it.each([
    ['legacy-rules', { exitCode: 127 }, 'unsupported'],
    ['legacy-rules', { exitCode: 1 }, 'failed'],
    ['legacy-rules', { stdout: '*filter\n', stderr: 'Permission denied' }, 'forbidden'],
    ['nft-postrouting', { exitCode: 127 }, 'unsupported'],
    ['nft-forward', { exitCode: 1, stderr: 'Operation not permitted' }, 'forbidden'],
  ] as const)(
    'with rules of iptables-legacy whose %s ends with %j does not tell both',
    async (section, output, reason) => {
      outputs['w1/legacy-tables'] = { stdout: 'filter\n' };
      outputs['w1/legacy-rules'] = { stdout: '*filter\n-A FORWARD -j DROP\nCOMMIT\n' };
      outputs[`w1/${section}`] = output;

      const { nodes } = await collect();

      expect(nodes['w1']?.iptablesWorlds).toMatchObject({ state: 'absent', reason });
    },
  );

  it('with rules of iptables-legacy and no chain of iptables-nft has the former', async () => {
    outputs['w1/legacy-tables'] = { stdout: 'filter\n' };
    outputs['w1/legacy-rules'] = { stdout: '*filter\n-A FORWARD -j DROP\nCOMMIT\n' };
    outputs['w1/nft-forward'] = { exitCode: 1, stderr: 'Error: No such file or directory\n' };

    const { nodes } = await collect();

    expect(valueOf(nodes['w1']?.iptablesWorlds)).toStrictEqual({
      legacy: { policy: 'ACCEPT', ruleCount: 1, targets: ['DROP'] },
      nft: NO_RULES,
    });
  });

  it('without IPv6 has the routes of IPv4', async () => {
    outputs['w1/routes6'] = { exitCode: 2, stderr: 'Error: ipv6: FIB table does not exist.\n' };

    const { nodes } = await collect();

    expect(valueOf(nodes['w1']?.routes)).toHaveLength(1);
  });

  it('whose flannel crashes says so', async () => {
    const waiting = { state: { waiting: { reason: 'CrashLoopBackOff' } } };
    const status = { phase: 'Running', containerStatuses: [{ name: 'kube-flannel', ...waiting }] };
    cluster.store.update('pods', flannelPod('w2', status));

    const { nodes } = await collect();

    expect(nodes['w2']?.routes).toMatchObject({
      reason: 'failed',
      detail: expect.stringContaining('the flannel pod is CrashLoopBackOff') as string,
    });
  });

  it('without a flannel pod says so', async () => {
    cluster.store.delete('pods', 'kube-flannel-ds-w2', 'kube-flannel');

    const { nodes } = await collect();

    expect(nodes['w2']?.routes).toMatchObject({
      detail: expect.stringContaining('no flannel pod runs there') as string,
    });
  });

  it('that runs Windows is not read', async () => {
    cluster.store.create('nodes', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'win', labels: { 'kubernetes.io/os': 'windows' } },
    });

    const { nodes } = await collect();

    expect(nodes['win']?.routes).toMatchObject({ state: 'absent', reason: 'unsupported' });
  });
});

describe('flannel', () => {
  it('embedded in another program is told by the annotations of nodes', async () => {
    cluster.store.delete('daemonsets.apps', 'kube-flannel-ds', 'kube-flannel');
    annotate('w1', { 'example.org/net-kube-subnet-manager': 'true' });

    const snapshot = await collect();

    expect(valueOf(snapshot.cluster.flannel)).toStrictEqual({
      kind: 'embedded',
      annotationPrefix: 'example.org/net',
    });
    expect(snapshot.nodes['w1']?.routes).toMatchObject({ reason: 'unsupported' });
  });

  it('that is nowhere is absent', async () => {
    cluster.store.delete('daemonsets.apps', 'kube-flannel-ds', 'kube-flannel');

    const { cluster: facts } = await collect();

    expect(facts.flannel).toMatchObject({
      reason: 'failed',
      detail: expect.stringContaining('No Flannel found') as string,
    });
  });

  it('keeps hostile annotations as bounded text', async () => {
    const hostile = '$(reboot);`id`\u001b[2J<script>'.repeat(40_000);
    annotate('w1', { 'flannel.alpha.coreos.com/backend-data': hostile, other: hostile });

    const { cluster: facts, nodes } = await collect();

    const annotations = valueOf(facts.nodes)[0]?.flannelAnnotations ?? {};
    expect(Object.keys(annotations)).not.toContain('other');
    expect(annotations['flannel.alpha.coreos.com/backend-data']).toBe(hostile.slice(0, 4096));
    expect(nodes['w1']?.routes.state).toBe('observed');
    expect(JSON.stringify(cluster.execs)).not.toContain('reboot');
  });

  it('has its configuration from a node when the ConfigMap is gone', async () => {
    cluster.store.delete('configmaps', 'kube-flannel-cfg', 'kube-flannel');
    outputs['w1/net-conf'] = MISSING;

    const { cluster: facts } = await collect();

    expect(facts.netConf).toMatchObject({
      state: 'observed',
      origin: 'exec kube-flannel/kube-flannel-ds-w2',
      value: { backendType: 'vxlan' },
    });
  });

  it('has no configuration when neither ConfigMap nor node has it', async () => {
    cluster.store.delete('configmaps', 'kube-flannel-cfg', 'kube-flannel');
    outputs['net-conf'] = MISSING;

    const { cluster: facts } = await collect();

    expect(facts.netConf).toMatchObject({
      state: 'absent',
      detail: expect.stringContaining('kube-flannel-cfg') as string,
    });
  });
});

function annotate(name: string, annotations: Record<string, string>): void {
  const node = structuredClone(cluster.store.get('nodes', name));
  if (node === undefined) throw new Error(`no node ${name}`);
  node.metadata.annotations = { ...node.metadata.annotations, ...annotations };
  cluster.store.update('nodes', node);
}

describe('a missing right', () => {
  const all = { verbs: ['get', 'list', 'create'], apiGroups: ['*'] };
  const everything = [
    'nodes',
    'pods',
    'daemonsets',
    'configmaps',
    'namespaces',
    'services',
    'endpointslices',
    'deployments',
    'replicasets',
    'events',
    'pods/exec',
    'pods/log',
  ];

  it.each([
    ['nodes', ['nodes']],
    ['configmaps', []],
    ['services', ['coreDns']],
    ['endpointslices', ['coreDns']],
    ['pods', ['flannelPods', 'coreDns', 'kubeProxyPods', 'podAddresses']],
    ['namespaces', []],
    ['deployments', []],
  ] as const)('on %s makes exactly %j absent', async (missing, names) => {
    const resources = everything.filter((resource) => resource !== missing);
    await withRules([{ name: 'u', token: 'u', rules: [{ ...all, resources }] }]);

    const { cluster: facts } = await collect({}, 'u');

    const absent = Object.entries(facts).filter(([, { state }]) => state === 'absent');
    expect(absent.map(([name]) => name)).toStrictEqual(names);
    for (const [, absence] of absent) {
      expect(absence).toMatchObject({
        reason: 'forbidden',
        detail: expect.stringContaining(`cannot list resource "${missing}"`) as string,
      });
    }
  });

  it('on exec makes the facts of nodes absent and names the right', async () => {
    const resources = everything.filter((resource) => resource !== 'pods/exec');
    await withRules([{ name: 'u', token: 'u', rules: [{ ...all, resources }] }]);

    const { nodes } = await collect({}, 'u');

    expect(nodes['w1']?.routes).toMatchObject({
      reason: 'forbidden',
      detail: expect.stringContaining('pods/exec') as string,
    });
  });

  it('on DaemonSets is made up for by pods', async () => {
    const resources = everything.filter((resource) => resource !== 'daemonsets');
    await withRules([{ name: 'u', token: 'u', rules: [{ ...all, resources }] }]);

    const { cluster: facts, nodes } = await collect({}, 'u');

    expect(valueOf(facts.flannel)).toMatchObject({ kind: 'daemonset', name: 'kube-flannel-ds' });
    expect(nodes['w1']?.routes.state).toBe('observed');
  });

  it('on DaemonSets leaves scheduling as what could not be read', async () => {
    const resources = everything.filter((resource) => resource !== 'daemonsets');
    await withRules([{ name: 'u', token: 'u', rules: [{ ...all, resources }] }]);

    const { cluster: facts } = await collect({}, 'u');

    const scheduling = { nodeSelector: {}, tolerations: [], hasUnevaluatedAffinity: false };
    expect(valueOf(facts.flannel)).toMatchObject(scheduling);
  });

  it('is what the API server itself says, with the facts that it cost', async () => {
    const resources = everything.filter((resource) => resource !== 'services');
    await withRules([{ name: 'u', token: 'u', rules: [{ ...all, resources }] }]);

    const { cluster: facts } = await collect({}, 'u');

    const denied = valueOf(facts.access).rights.filter(({ answer }) => answer === 'denied');
    expect(denied).toStrictEqual([
      {
        verb: 'list',
        group: '',
        resource: 'services',
        answer: 'denied',
        neededFor: ['coreDns'],
        lost: ['coreDns'],
      },
    ]);
  });

  it('that cannot be asked for makes exactly the answers absent', async () => {
    const resource = 'selfsubjectaccessreviews.authorization.k8s.io';
    simulation.faults.add({ fault: { kind: 'server-error', code: 500 }, on: { resource } });

    const { cluster: facts } = await collect();

    const absent = Object.entries(facts).filter(([, fact]) => fact.state === 'absent');
    expect(absent.map(([name]) => name)).toEqual(['access']);
  });

  it('on everything outside flannel’s namespace still reads the nodes', async () => {
    const namespaces = ['kube-flannel'];
    const rule = { ...all, resources: ['pods', 'pods/exec', 'pods/log'], namespaces };
    await withRules([{ name: 'u', token: 'u', rules: [rule] }]);

    const { nodes } = await collect({}, 'u');

    expect(Object.keys(nodes)).toStrictEqual(['w1', 'w2', 'w3']);
    expect(nodes['w1']?.routes.state).toBe('observed');
  });
});

describe('a run', () => {
  it('that is not accepted at all fails as a whole', async () => {
    const error = await failure(collect({}, 'wrong'));

    expect(error.code).toBe('unauthorized');
  });

  it('against a server that says nothing fails as a whole', async () => {
    simulation.faults.add({ fault: { kind: 'silent' } });

    const error = await failure(collect());

    expect(error.code).toBe('timed-out');
  });

  it('that is cancelled between nodes fails as a whole', async () => {
    const controller = new AbortController();
    simulation.faults.add({ fault: { kind: 'silent' }, on: { subresource: 'exec', node: 'w2' } });
    const onProgress: CollectOptions['onProgress'] = ({ phase, done }) => {
      if (phase === 'nodes' && done === 2) controller.abort();
    };

    const error = await failure(collect({ signal: controller.signal, onProgress }));

    expect(error.code).toBe('cancelled');
  });
});
