// SPDX-License-Identifier: Apache-2.0

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { type PolicyRule, readerObjects } from '#engine/reader-role.ts';
import { READING_COMMANDS, type ReadingCommand, partsOf } from '#engine/reading-commands.ts';
import type { PolicyRule as SimulatedRule } from '#simulation/api/authorization.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import { type FakePrometheus, startFakePrometheus } from '../../testkit/fake-prometheus.ts';
import { ServedCluster } from '../../testkit/served-cluster.ts';

const NAMESPACE = 'kube-flannel';
const POD = 'POD';
const DNS = 'kube-system';

/** Command lines that together read all that a command reads; POD stands for a pod's name. */
const LINES: Readonly<Record<ReadingCommand, readonly (readonly string[])[]>> = {
  check: [['check']],
  top: [
    ['top', 'nodes'],
    ['top', 'pods'],
    ['top', 'containers'],
  ],
  limits: [['limits']],
  recommend: [['recommend', 'coredns']],
  record: [['record']],
  trend: [['trend'], ['trend', '--from', 'history']],
  oom: [['oom']],
  pod: [['pod', POD]],
  document: [['document']],
  health: [['health', '--daily']],
};

/** Granted, and called only where the DNS is scaled to nothing, or the server is of 1.35. */
const SELDOM: readonly string[] = [
  'list replicasets.apps',
  'list events in kube-system',
  'create pods/exec',
];

/** What everybody who is signed in may ask, and paths that are no resource. */
const FREE = /^(?:get \/|create selfsubjectaccessreviews)/u;

interface Grant {
  /** As the simulated server counts calls: `list daemonsets.apps`. */
  readonly call: string;
  readonly isSeldom: boolean;
  readonly rule: SimulatedRule;
}

/** What the roles for some commands grant, one verb on one resource each. */
function grantsFor(commands: readonly ReadingCommand[]): readonly Grant[] {
  const objects = readerObjects({
    flannelNamespace: NAMESPACE,
    subject: { kind: 'User', name: 'reader' },
    commands,
  }) as readonly {
    readonly metadata: { readonly namespace?: string };
    readonly rules?: readonly PolicyRule[];
  }[];
  return objects.flatMap(({ metadata: { namespace }, rules = [] }) =>
    rules.flatMap(({ apiGroups, verbs, resources, ...rest }) =>
      verbs.flatMap((verb) =>
        resources.map((resource): Grant => {
          const call = [`${verb} ${resource}`, ...apiGroups]
            .filter((part) => part !== '')
            .join('.');
          const within = namespace === undefined ? call : `${call} in ${namespace}`;
          return {
            call,
            isSeldom: SELDOM.includes(call) || SELDOM.includes(within),
            rule: {
              ...rest,
              apiGroups,
              verbs: [verb],
              resources: [resource],
              ...(namespace !== undefined && { namespaces: [namespace] }),
            },
          };
        }),
      ),
    ),
  );
}

let served: ServedCluster | undefined;
let prometheus: FakePrometheus;

beforeEach(async () => {
  const pod = 'kube-flannel-ds-x7k2p';
  const labels = { namespace: NAMESPACE, pod, container: 'kube-flannel', node: 'node1' };
  prometheus = await startFakePrometheus([
    { metric: 'container_memory_working_set_bytes', labels, value: () => 50_000_000 },
  ]);
});

afterEach(async () => {
  await served?.close();
  await prometheus.close();
});

/** A cluster with a Prometheus. */
function measured(): SimulatedCluster {
  const simulated = cluster();
  simulated.store.create('services', {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name: 'prometheus-operated', namespace: 'monitoring' },
    spec: { ports: [{ name: 'web', port: 9090 }] },
  });
  return simulated;
}

interface Read {
  readonly said: string;
  /** What was called, refused or not. */
  readonly calls: readonly string[];
}

/** Runs a command as somebody who has some rights and no others. */
async function readAs(command: ReadingCommand, grants: readonly Grant[]): Promise<Read> {
  await served?.close();
  const simulated = measured();
  const rules = grants.map(({ rule }) => rule);
  served = await ServedCluster.serve(simulated, {
    users: [{ name: 'reader', token: 'reader-token', rules }],
    behindServices: { 'monitoring/prometheus-operated:9090': prometheus.url },
  });
  const { items } = simulated.store.list('pods');
  const dns = items.find(({ metadata }) => metadata.name.startsWith('coredns-'));
  const said: string[] = [];
  for (const line of LINES[command]) {
    const words = line.map((word) => (word === POD ? `${DNS}/${dns?.metadata.name ?? ''}` : word));
    said.push((await served.run(words, { user: 'reader' })).said);
  }
  const counted = Object.keys(served.simulation.calls.snapshot());
  return { said: said.join('\n'), calls: counted.filter((call) => !FREE.test(call)) };
}

/** What is said, without what differs from run to run. */
function withoutNumbers({ said }: Read): string {
  return said.replaceAll(/\d+/gu, '0');
}

describe.each(READING_COMMANDS)('the roles for %s', (command) => {
  it('grant what it calls, and nothing else', async () => {
    const grants = grantsFor([command]);

    const { calls, said } = await readAs(command, grants);

    const needed = grants.filter(({ isSeldom }) => !isSeldom).map(({ call }) => call);
    expect(said).not.toMatch(/forbidden|not allowed|denied/iu);
    expect([...calls].sort()).toEqual([...new Set(needed)].sort());
  });
});

/** Granted rights without which a command says the same: each with what is lost. */
const SILENT: Readonly<Record<string, string>> = {
  'get namespaces': "the history is then kept and found by the server's address",
  'record: list nodes': 'what nodes use is then kept without what they have',
};

/** What a command calls and does not use would be granted without need, and no list of calls would tell. */
describe.each(READING_COMMANDS)('a command whose rights are withheld, %s,', (command) => {
  it('misses each of them', async () => {
    const grants = grantsFor([command]);
    const all = withoutNumbers(await readAs(command, grants));
    // A command that runs the checks needs what they need: that these miss it is told of check.
    const isChecking = command !== 'check' && partsOf([command]).includes('checks');
    const ofChecks = new Set(isChecking ? grantsFor(['check']).map(({ call }) => call) : []);

    const unmissed: string[] = [];
    for (const call of new Set(grants.filter((each) => !each.isSeldom).map((each) => each.call))) {
      if (ofChecks.has(call) || call in SILENT || `${command}: ${call}` in SILENT) continue;
      const left = grants.filter((grant) => grant.call !== call);
      if (withoutNumbers(await readAs(command, left)) === all) unmissed.push(call);
    }

    expect(unmissed).toEqual([]);
  });
});

describe('the roles for all commands', () => {
  it('grant no Secret and nothing by a wildcard, and no way to a kubelet', () => {
    const calls = grantsFor(READING_COMMANDS).map(({ call }) => call);

    expect(calls.filter((call) => /secret|\*|nodes\/proxy/u.test(call))).toEqual([]);
    expect(calls.filter((call) => !/^(?:get|list) /u.test(call))).toEqual(['create pods/exec']);
  });
});
