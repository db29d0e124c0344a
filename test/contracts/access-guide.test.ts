// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { EVENT_RIGHTS } from '#actuators/mending-event.ts';
import { LOCK_RIGHTS } from '#actuators/mending-lock.ts';
import { CLUSTER_COLLECTORS } from '#collectors/collect-cluster.ts';
import { LOG_READS } from '#collectors/flannel-log/read-logs.ts';
import { RULE_READS, USE_READS } from '#collectors/resources/collect-resources.ts';
import { metricsServerUsage } from '#collectors/resources/metrics-server-usage.ts';
import { ACTUATORS } from '#engine/actuators.generated.ts';
import { READING_COMMANDS } from '#engine/reading-commands.ts';
import { EXEC_READS } from '#sources/node-access/exec/exec-shell.ts';
import { NSLOOKUP_COMMAND, PING_COMMAND } from '#sources/node-access/probe-script.ts';
import { runCommandLine } from '../../src/apps/cli/command-line.ts';
import { capturedIo } from '../../testkit/captured-io.ts';
import { textOf } from './repository.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

interface Named {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

interface RoleObject {
  readonly kind: string;
  readonly metadata: { readonly namespace?: string };
  readonly rules?: readonly Rule[];
}

const FILE = 'deploy/rbac/reader.yaml';

function objectsOf(yaml: string): readonly RoleObject[] {
  return parseAllDocuments(yaml).map((document) => document.toJS() as RoleObject);
}

/** Every group, resource and verb that some objects grant, as `group/resource verb`. */
function granted(objects: readonly RoleObject[]): readonly string[] {
  return objects
    .flatMap(({ rules = [] }) => rules)
    .flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => `${group}/${resource} ${verb}`)),
      ),
    );
}

function declared(): readonly string[] {
  const reads = Object.values(CLUSTER_COLLECTORS).flatMap((collector) => collector.reads);
  const ofUse = [...USE_READS, ...RULE_READS, ...metricsServerUsage.reads];
  return [...reads, ...ofUse, ...EXEC_READS, ...LOG_READS].flatMap((read) =>
    read.kind === 'api' ? read.verbs.map((verb) => `${read.group}/${read.resource} ${verb}`) : [],
  );
}

async function printed(...flags: readonly string[]): Promise<string> {
  const io = capturedIo();
  await runCommandLine(['access', '--print-rbac', ...flags], io);
  return io.stdout.text();
}

describe('the roles to apply', () => {
  it('grant what the collectors and the way into nodes declare, and nothing else', () => {
    expect(new Set(granted(objectsOf(textOf(FILE))))).toEqual(new Set(declared()));
  });

  it('grant no Secret, nothing by a wildcard, and no verb that changes an object', () => {
    const all = granted(objectsOf(textOf(FILE)));

    expect(all.filter((grant) => /secret|\*/iu.test(grant))).toEqual([]);
    expect(all.filter((grant) => !/ (?:get|list)$/u.test(grant))).toEqual(['/pods/exec create']);
  });

  it('grant exec and the configuration in one namespace only', () => {
    const everywhere = objectsOf(textOf(FILE)).filter(({ kind }) => kind === 'ClusterRole');

    expect(granted(everywhere).filter((grant) => /exec|configmaps/u.test(grant))).toEqual([]);
  });

  it('are what the command prints', async () => {
    const withoutComments = textOf(FILE).replace(/^(?:#.*\n)+/u, '');

    expect(await printed()).toBe(withoutComments);
  });

  it('name another namespace and another subject when asked for', async () => {
    const flags = ['--flannel-namespace', 'kube-system', '--subject', 'user:alice'];

    const text = await printed(...flags);

    const namespaces = objectsOf(text).map(({ metadata }) => metadata.namespace);
    const inCluster = [undefined, undefined];
    expect(namespaces).toEqual([
      ...inCluster,
      'kube-system',
      'kube-system',
      ...inCluster,
      ...inCluster,
      ...inCluster,
    ]);
    expect(text.match(/kind: User\n {4}name: alice/gu)).toHaveLength(5);
    expect(text).not.toContain('ServiceAccount');
  });

  it('grant the way to kubelets only when asked for', async () => {
    const without = granted(objectsOf(await printed()));
    const withKubelets = granted(objectsOf(await printed('--kubelets')));

    expect(withKubelets.filter((grant) => !without.includes(grant))).toEqual(['/nodes/proxy get']);
  });
});

describe('the roles for some commands', () => {
  it('hold what these read, and not what a check reads', async () => {
    const yaml = await printed('--for', 'trend,record', '--for', 'trend');

    const names = parseAllDocuments(yaml)
      .map((document) => document.toJS() as Named)
      .filter(({ kind }) => kind.endsWith('Role'))
      .map(({ metadata }) => metadata.name);
    expect(names).toEqual([
      'selvage-identity',
      'selvage-resources',
      'selvage-metrics',
      'selvage-prometheus',
    ]);
    expect(granted(objectsOf(yaml))).toContain('/services/proxy get');
  });

  it('are no more than one of them reads', async () => {
    const grants = granted(objectsOf(await printed('--for', 'trend')));

    expect(grants.map((grant) => grant.replace(/^[^/]*\//u, '')).sort()).toEqual([
      'namespaces get',
      'pods list',
      'services list',
      'services/proxy get',
    ]);
  });

  it('are the usual ones for check, top and limits', async () => {
    expect(await printed('--for', 'check,top,limits')).toBe(await printed());
  });
});

describe('the guide on access', () => {
  const guide = textOf('docs/guide/access.md');

  it('links to the roles and names the command that prints them', () => {
    expect(guide).toContain('](../../deploy/rbac/reader.yaml)');
    expect(guide).toContain('selvage access --print-rbac');
  });

  it('tells of each right that can be granted', async () => {
    const yaml = await printed('--for', READING_COMMANDS.join(','), '--kubelets');
    const missing = granted(objectsOf(yaml))
      .map((grant) => /\/(\S+) (\S+)$/u.exec(grant))
      .map((match) => `\`${match?.[2] ?? ''} ${match?.[1] ?? ''}\``)
      .filter((right) => !guide.includes(right));

    expect(missing).toEqual([]);
  });
});

describe('the guide on probes', () => {
  it('tells the commands that a node runs', () => {
    const guide = textOf('docs/guide/probes.md');

    expect(guide).toContain(`\n${PING_COMMAND}\n${NSLOOKUP_COMMAND}\n`);
  });

  it('is named where it is told what a node is asked', () => {
    expect(textOf('docs/guide/access.md')).toContain('](probes.md)');
  });
});

describe('where Flannel lives in kube-system, as on Talos', () => {
  it.each([
    { flags: [], role: 'selvage' },
    { flags: ['--repair'], role: 'selvage-repair' },
  ])('each role is printed once: $role', async ({ flags, role }) => {
    const yaml = await printed(...flags, '--flannel-namespace', 'kube-system');

    const names = parseAllDocuments(yaml).map((document) => {
      const { kind, metadata } = document.toJS() as Named;
      return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
    });
    expect(names).toContain(`Role kube-system/${role}`);
    expect(names).toEqual([...new Set(names)]);
  });
});

describe('the roles for mending', () => {
  const REPAIR = 'deploy/rbac/repair.yaml';

  it('grant what the actuators, the lock and the events declare, and nothing else', () => {
    const needs = [
      ...ACTUATORS.filter(({ byAdministrator }) => byAdministrator !== true).flatMap(
        (actuator) => actuator.needs,
      ),
      ...LOCK_RIGHTS,
      ...EVENT_RIGHTS,
    ];
    const wanted = needs.flatMap(({ group, resource, verbs }) =>
      verbs.map((verb) => `${group}/${resource} ${verb}`),
    );

    expect(new Set(granted(objectsOf(textOf(REPAIR))))).toEqual(new Set(wanted));
  });

  it('grant no Secret and nothing by a wildcard', () => {
    expect(granted(objectsOf(textOf(REPAIR))).filter((grant) => /secret|\*/iu.test(grant))).toEqual(
      [],
    );
  });

  it('are what the command prints', async () => {
    const withoutComments = textOf(REPAIR).replace(/^(?:#.*\n)+/u, '');

    expect(await printed('--repair')).toBe(withoutComments);
  });
});
