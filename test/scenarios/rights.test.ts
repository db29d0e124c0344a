// SPDX-License-Identifier: Apache-2.0

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { AnyCheck } from '#checks/define-check.ts';
import { describeAccess } from '#engine/describe-access.ts';
import { judge } from '#engine/judge.ts';
import { readCluster } from '#engine/read-cluster.ts';
import { type PolicyRule, readerObjects } from '#engine/reader-role.ts';
import { DERIVED_FROM } from '#engine/judged-facts.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import { NODE_FACT_NAMES } from '#model/snapshot.ts';
import type { AccessReport } from '#report/access-report.ts';
import type { Report } from '#report/report.ts';
import type { PolicyRule as SimulatedRule } from '#simulation/api/authorization.ts';
import { startSimulation } from '#simulation/api/server.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';

const NAMESPACE = 'kube-flannel';

/** One verb on one resource, as the printed roles grant it. */
interface Grant extends SimulatedRule {
  readonly right: string;
}

/** What the printed roles grant for checks, one verb on one resource each. */
function printedGrants(): readonly Grant[] {
  const objects = readerObjects({
    flannelNamespace: NAMESPACE,
    subject: { kind: 'User', name: 'reader' },
  }) as readonly {
    readonly metadata: { readonly name: string; readonly namespace?: string };
    readonly rules?: readonly PolicyRule[];
  }[];
  const ofChecks = objects.filter(({ metadata }) => metadata.name === 'selvage');
  return ofChecks.flatMap(({ metadata, rules = [] }) =>
    rules.flatMap(({ verbs, resources, ...rule }) =>
      verbs.flatMap((verb) =>
        resources.map((resource) => ({
          ...rule,
          right: `${verb} ${resource}`,
          verbs: [verb],
          resources: [resource],
          ...(metadata.namespace !== undefined && { namespaces: [metadata.namespace] }),
        })),
      ),
    ),
  );
}

/** The facts that are lost without each right, on a server of v1.34; written down here, not derived. */
const LOST: Readonly<Record<string, readonly string[]>> = {
  'list nodes': ['nodes'],
  'list pods': ['flannelPods', 'coreDns', 'kubeProxyPods', 'podAddresses', ...NODE_FACT_NAMES],
  'list services': ['coreDns'],
  'list endpointslices': ['coreDns'],
  'list daemonsets': [],
  'list deployments': [],
  'list replicasets': [],
  'list events': [],
  'get namespaces': [],
  'get configmaps': [],
  'get pods/exec': NODE_FACT_NAMES.filter((name) => name !== 'flannelLog'),
  'get pods/log': ['flannelLog'],
  'create pods/exec': [],
};

interface ReadAs {
  readonly report: Report;
  readonly access: AccessReport;
}

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'selvage-rights-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Reads a cluster as a user who has some rights and no others. */
async function readAs(
  rules: readonly SimulatedRule[],
  simulated: SimulatedCluster = cluster(),
  serverVersion = 'v1.34.4',
): Promise<ReadAs> {
  const users = [{ name: 'reader', token: 'reader-token', rules }];
  const simulation = await startSimulation(simulated, { users, serverVersion });
  try {
    const kubeconfig = join(folder, 'config');
    await writeFile(kubeconfig, simulation.kubeconfigFor('reader'), { mode: 0o600 });
    const snapshot = await readCluster({ kubeconfig, env: {} }, {});
    const report = judge(snapshot, { checks: CHECKS, toolVersion: '0.0.0-test' });
    return { report, access: describeAccess(snapshot, CHECKS) };
  } finally {
    await simulation.close();
  }
}

/** A cluster with faults in the kernels of two nodes and in the DNS. */
function broken(): SimulatedCluster {
  const simulated = cluster();
  simulated.fault('ip-forward-0', 'node3');
  simulated.fault('coredns-down', 'node1');
  simulated.fault('routes-flush', 'node2');
  return simulated;
}

function keyOf({ check, subject }: Report['verdicts'][number]): string {
  return `${check} ${subject}`;
}

function without(right: string): readonly Grant[] {
  return printedGrants().filter((grant) => grant.right !== right);
}

/** Ids of the checks that have to be unknown without some facts, by what they say they need. */
function checksNeeding(facts: readonly string[]): readonly string[] {
  const needs = ({ needs, scope }: AnyCheck): readonly string[] => [
    ...needs.cluster.flatMap((name) => DERIVED_FROM[name] ?? [name]),
    ...('node' in needs ? needs.node : []),
    ...(scope === 'node' ? ['nodes'] : []),
  ];
  return CHECKS.filter((check) => needs(check).some((need) => facts.includes(need))).map(
    ({ id }) => id,
  );
}

function idsOf({ verdicts }: Report, verdict: string): readonly string[] {
  return [
    ...new Set(verdicts.filter((each) => each.verdict === verdict).map(({ check }) => check)),
  ];
}

function limitsOf({ findings }: Report): readonly string[] {
  return findings
    .filter(({ check }) => check === 'api-access-limited')
    .map(({ object = '' }) => object);
}

describe('the printed roles', () => {
  it('are what this table of losses is about', () => {
    expect(
      printedGrants()
        .map(({ right }) => right)
        .sort(),
    ).toEqual(Object.keys(LOST).sort());
  });

  it.each(['v1.30.0', 'v1.34.4', 'v1.35.0'])('leave nothing unknown on %s', async (version) => {
    const { report, access } = await readAs(printedGrants(), cluster(), version);

    expect(idsOf(report, 'unknown')).toEqual([]);
    expect(report.findings).toEqual([]);
    expect(report.pairs).toEqual({ checked: 6, broken: 0, unknown: 0 });
    expect(access.rights.filter(({ answer }) => answer !== 'allowed')).toEqual([]);
    expect(access.nodes.map(({ ways }) => ways[0]?.state)).toEqual(Array(3).fill('works'));
  });
});

describe('Flannel in kube-system, as on Talos', () => {
  it('has each right asked for once', async () => {
    const everything = { verbs: ['*'], apiGroups: ['*'], resources: ['*', 'pods/exec'] };

    const { access } = await readAs([everything], cluster({ layout: 'talos' }));

    const pods = access.rights.filter(({ resource }) => resource === 'pods');
    expect(pods.map(({ namespace, answer }) => [namespace, answer])).toEqual([
      ['kube-system', 'allowed'],
      [undefined, 'allowed'],
    ]);
  });
});

describe.each(Object.entries(LOST))('without the right to %s', (right, lost) => {
  it('exactly the checks that need what is lost are unknown', async () => {
    const full = await readAs(printedGrants());

    const { report } = await readAs(without(right));

    const skipped = new Set(idsOf(full.report, 'skip'));
    // Without its fact nobody can say that it has nothing to judge here.
    for (const id of ['kube-proxy-unhealthy', 'cni-config-foreign']) skipped.delete(id);
    const expected = checksNeeding(lost).filter((id) => !skipped.has(id));
    expect(idsOf(report, 'unknown')).toEqual(expected);
  });

  it('the report names verb and resource, as information', async () => {
    const { report } = await readAs(without(right));

    const limits = limitsOf(report);
    const [verb = '', resource = ''] = right.split(' ');
    expect(limits).not.toEqual([]);
    expect(limits.every((limit) => limit.startsWith(`right ${verb} ${resource}`))).toBe(true);
    expect(report.findings.map(({ severity }) => severity)).toEqual(limits.map(() => 'info'));
  });

  it('the access report says which facts and checks it costs', async () => {
    const { report, access } = await readAs(without(right));

    const denied = access.rights.filter(({ answer }) => answer === 'denied');
    expect([...new Set(denied.flatMap((each) => each.lost))].sort()).toEqual([...lost].sort());
    expect([...new Set(denied.flatMap((each) => each.unknownChecks))].sort()).toEqual(
      [...idsOf(report, 'unknown')].sort(),
    );
  });

  it('nothing passes that is a fault, and nothing is a fault that was none', async () => {
    const full = await readAs(printedGrants(), broken());

    const { report } = await readAs(without(right), broken());

    const before = new Map(full.report.verdicts.map((each) => [keyOf(each), each.verdict]));
    const changed = report.verdicts
      .filter(({ check }) => check !== 'api-access-limited')
      .filter((each) => before.get(keyOf(each)) !== each.verdict)
      .filter(({ verdict }) => verdict === 'pass' || verdict === 'fail');
    expect(idsOf(full.report, 'fail')).toEqual(
      expect.arrayContaining(['coredns-unavailable', 'ip-forward-off', 'route-missing']),
    );
    expect(changed).toEqual([]);
  });
});

describe('without the right to create pods/exec, from Kubernetes 1.35 on', () => {
  it('no node can be read, and get alone is not to blame', async () => {
    const { access } = await readAs(without('create pods/exec'), cluster(), 'v1.35.0');

    const denied = access.rights.filter(({ answer }) => answer === 'denied');
    expect(denied.map(({ verb, resource, lost }) => [verb, resource, lost])).toEqual([
      ['create', 'pods/exec', LOST['get pods/exec']],
    ]);
    expect(access.nodes.map(({ ways }) => ways[0]?.state)).toEqual(Array(3).fill('fails'));
  });
});

describe('without any right', () => {
  it('nothing passes, and each right that could be asked for is named', async () => {
    const { report, access } = await readAs([]);

    expect(idsOf(report, 'pass')).toEqual([]);
    expect(access.rights.filter(({ answer }) => answer === 'allowed')).toEqual([]);
    expect(access.rights.filter(({ answer }) => answer === 'not-asked')).toHaveLength(4);
    expect(limitsOf(report)).toHaveLength(access.rights.length - 4);
  });
});
