// SPDX-License-Identifier: Apache-2.0

import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import type { AccessReport } from '#report/access-report.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import {
  type Ran,
  type ServedCluster,
  serveInEachTest,
} from '../../../../testkit/served-cluster.ts';

const LISTS = [
  { verbs: ['list'], resources: ['nodes', 'pods', 'services'] },
  { verbs: ['list'], apiGroups: ['apps'], resources: ['daemonsets'] },
];

const ADMIN = undefined;

const serve = serveInEachTest();
let served: ServedCluster;

beforeEach(async () => {
  const users = [
    { name: 'lister', token: 'lister-token', rules: LISTS },
    { name: 'nobody', token: 'nobody-token' },
  ];
  served = await serve(cluster(), { users });
});

function access(user: string | undefined, ...flags: readonly string[]): Promise<Ran> {
  return served.run(['access', ...flags], user === undefined ? {} : { user });
}

describe('selvage access', () => {
  it('says of each node that exec works, and of each right that it is there', async () => {
    const { exitCode, stdout } = await access(ADMIN);

    expect(exitCode).toBe(0);
    expect(stdout.text()).toMatch(
      /✓ node1: exec works \(exec kube-flannel\/kube-flannel-ds-\w+\)/u,
    );
    expect(stdout.text()).toContain('  ✓ list nodes in the whole cluster\n');
    expect(stdout.text()).toContain('  ✓ create pods/exec in kube-flannel\n');
    expect(stdout.text()).toContain('  ✓ get namespaces kube-system\n');
    expect(stdout.text()).not.toMatch(/✗|\?/u);
  });

  it('says which checks a missing right costs, and what grants it', async () => {
    const { exitCode, stdout } = await access('lister');

    expect(exitCode).toBe(3);
    expect(stdout.text()).toContain('  ✗ node2: exec fails\n');
    expect(stdout.text()).toContain('  ✗ get pods/exec in kube-flannel: denied\n');
    expect(stdout.text().replaceAll(/\s+/gu, ' ')).toMatch(
      /✗ list endpointslices\.discovery\.k8s\.io in kube-system: denied Not read because of it: coreDns\. Unknown because of that: \d+ checks? \([a-z, -]*coredns-unavailable[a-z, -]*\)\./u,
    );
    expect(stdout.text()).toMatch(
      /selvage access --print-rbac --flannel-namespace kube-flannel\n$/u,
    );
  });

  it('is not told that all is well when no node is known', async () => {
    const { exitCode, stdout } = await access('nobody');

    expect(exitCode).toBe(3);
    expect(stdout.text()).toContain('No node is known');
    expect(stdout.text()).toContain('  ? get pods/exec: not asked\n');
  });

  it('says so when the API server does not answer about rights', async () => {
    const resource = 'selfsubjectaccessreviews.authorization.k8s.io';
    served.simulation.faults.add({ fault: { kind: 'server-error', code: 500 }, on: { resource } });

    const { exitCode, stdout } = await access(ADMIN);

    expect(exitCode).toBe(3);
    expect(stdout.text()).toMatch(
      /Rights, as the API server answered\n {2}\? ask whether one may/u,
    );
  });

  it('says the same as JSON and as YAML', async () => {
    const json = await access(ADMIN, '-o', 'json');
    const yaml = await access(ADMIN, '-o', 'yaml');

    const report = JSON.parse(json.stdout.text()) as AccessReport;
    expect(parse(yaml.stdout.text())).toEqual(report);
    expect(report.schemaVersion).toBe(1);
    expect(report.nodes.map(({ name }) => name)).toEqual(['node1', 'node2', 'node3']);
    expect(report.rights).not.toEqual([]);
  });

  it('prints roles as JSON too', async () => {
    const { exitCode, stdout } = await access(ADMIN, '--print-rbac', '-o', 'json');

    const list = JSON.parse(stdout.text()) as { readonly items: readonly { kind: string }[] };
    expect(exitCode).toBe(0);
    expect(list.items.map(({ kind }) => kind)).toEqual([
      'ServiceAccount',
      'ClusterRole',
      'ClusterRoleBinding',
      // Where Flannel is, where the DNS is, what containers ask for, its rules, and what they use.
      'Role',
      'RoleBinding',
      'Role',
      'RoleBinding',
      'ClusterRole',
      'ClusterRoleBinding',
      'ClusterRole',
      'ClusterRoleBinding',
      'ClusterRole',
      'ClusterRoleBinding',
    ]);
  });

  it.each([
    ['--flannel-namespace', 'Kube_Flannel'],
    ['--subject', 'alice'],
    ['--for', 'trend,fix'],
    ['--for', ','],
  ])('refuses %s %s', async (flag, value) => {
    const { exitCode, stdout } = await access(ADMIN, '--print-rbac', flag, value);

    expect(exitCode).toBe(2);
    expect(stdout.text()).toBe('');
  });
});
