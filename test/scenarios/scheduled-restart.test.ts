// SPDX-License-Identifier: Apache-2.0

import { afterEach, describe, expect, it } from 'vitest';

import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import { type FakePrometheus, startFakePrometheus } from '../../testkit/fake-prometheus.ts';
import { serveInEachTest } from '../../testkit/served-cluster.ts';

const MIB = 1024 * 1024;
const WEEK_SECONDS = 604_800;
const COMMAND = ['install', 'scheduled-restart'];

const serve = serveInEachTest();
let fake: FakePrometheus | undefined;

afterEach(async () => {
  await fake?.close();
  fake = undefined;
});

/** Flags that name a server where the memory of flannel's container, of this namespace, grows so much in a week. */
async function measured(
  perWeekMib: number,
  namespace = 'kube-flannel',
): Promise<readonly string[]> {
  const since = Date.now() / 1000 - 4 * WEEK_SECONDS;
  fake = await startFakePrometheus([
    {
      metric: 'container_memory_working_set_bytes',
      labels: {
        namespace,
        pod: 'kube-flannel-ds-x7k2p',
        container: 'kube-flannel',
        node: 'node1',
      },
      value: (at) => (100 + (perWeekMib * (at - since)) / WEEK_SECONDS + 2 * Math.sin(at)) * MIB,
    },
  ]);
  return ['--prometheus-url', fake.url];
}

function replaceOnDeleteOnly({ store }: SimulatedCluster): void {
  const set = store.get('daemonsets.apps', 'kube-flannel-ds', 'kube-flannel');
  if (set === undefined) throw new Error('there is no DaemonSet');
  const spec = { ...(set['spec'] as object), updateStrategy: { type: 'OnDelete' } };
  store.update('daemonsets.apps', { ...set, spec });
}

function objectsOf({ store }: SimulatedCluster): readonly unknown[] {
  return [
    'serviceaccounts',
    'roles.rbac.authorization.k8s.io',
    'rolebindings.rbac.authorization.k8s.io',
    'cronjobs.batch',
  ].flatMap((kind) => store.get(kind, 'selvage-scheduled-restart', 'kube-flannel') ?? []);
}

describe('install scheduled-restart', () => {
  it('shows what proves the leak, creates its objects with consent, and undo deletes them', async () => {
    const simulated = cluster();
    const served = await serve(simulated);
    const source = await measured(20);

    const shown = await served.run([...COMMAND, ...source]);
    const before = objectsOf(simulated);
    const installed = await served.run([...COMMAND, ...source, '--yes']);
    const between = objectsOf(simulated);
    const undone = await served.run(['undo', '--yes']);

    expect(shown.said).toContain('It grows by 20 MiB a week');
    expect(shown.exitCode).toBe(1);
    expect(before).toEqual([]);
    expect(installed.said).toContain('4 changes made');
    expect(installed.exitCode).toBe(0);
    expect(between).toHaveLength(4);
    expect(between.at(-1)).toMatchObject({ spec: { schedule: '0 3 * * 0', timeZone: 'UTC' } });
    expect(undone.exitCode).toBe(0);
    expect(objectsOf(simulated)).toEqual([]);
  });

  it('has nothing to do a second time, and does not change a schedule unseen', async () => {
    const simulated = cluster();
    const served = await serve(simulated);
    const source = await measured(20);
    await served.run([...COMMAND, ...source, '--yes']);

    const again = await served.run([...COMMAND, ...source, '--yes']);
    const other = await served.run([...COMMAND, ...source, '--schedule', '0 4 * * 1', '--yes']);

    expect(again.exitCode).toBe(0);
    expect(other.said).toContain('one that Selvage made otherwise is there');
    expect(other.exitCode).toBe(3);
    expect(objectsOf(simulated).at(-1)).toMatchObject({ spec: { schedule: '0 3 * * 0' } });
  });

  it('is refused where no leak is proven, with what was found', async () => {
    const simulated = cluster();
    const served = await serve(simulated);

    const ran = await served.run([...COMMAND, ...(await measured(0)), '--yes']);

    expect(ran.said).toContain('No leak of Flannel is proven');
    expect(ran.said).toContain('No growth is seen');
    expect(ran.exitCode).toBe(2);
    expect(objectsOf(simulated)).toEqual([]);
  });

  it('does not take a leak of another DaemonSet for a proof', async () => {
    const simulated = cluster();
    const served = await serve(simulated);

    const ran = await served.run([...COMMAND, ...(await measured(20, 'elsewhere')), '--yes']);

    expect(ran.said).toContain('No container of the DaemonSet kube-flannel/kube-flannel-ds');
    expect(ran.exitCode).toBe(2);
    expect(objectsOf(simulated)).toEqual([]);
  });

  it('tells the command that makes this very plan', async () => {
    const served = await serve(cluster());
    const source = await measured(20);
    const asked = ['--schedule', '30 4 1 * *', '--since', '5w', ...source];

    const { said } = await served.run([...COMMAND, ...asked]);

    expect(said).toContain("--schedule '30 4 1 * *' --time-zone UTC");
    expect(said).toContain(`--since 840h ${source.join(' ')}`);
  });

  it('names the rights that are missing before it begins, as those of an administrator', async () => {
    const simulated = cluster();
    const rules = [
      { apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list'] },
      { resources: ['pods/exec'], verbs: ['create'] },
    ];
    const users = [{ name: 'reader', token: 'reader-token', rules }];
    const served = await serve(simulated, { users });

    const ran = await served.run([...COMMAND, ...(await measured(20)), '--yes'], {
      user: 'reader',
    });

    expect(ran.said).toContain('create cronjobs.batch in kube-flannel');
    expect(ran.said).toContain('create roles.rbac.authorization.k8s.io in kube-flannel');
    expect(ran.said).not.toContain('apiservices');
    expect(ran.said).toContain('no role for mending holds them');
    expect(ran.exitCode).toBe(3);
    expect(objectsOf(simulated)).toEqual([]);
  });

  it('is refused where nothing was measured', async () => {
    const simulated = cluster();
    const served = await serve(simulated);

    const ran = await served.run([...COMMAND, '--from', 'history', '--yes']);

    expect(ran.said).toContain('Nothing is known of how memory was used');
    expect(ran.exitCode).toBe(3);
    expect(objectsOf(simulated)).toEqual([]);
  });

  it('is refused where the DaemonSet would not be restarted node by node', async () => {
    const simulated = cluster();
    replaceOnDeleteOnly(simulated);
    const served = await serve(simulated);

    const ran = await served.run([...COMMAND, ...(await measured(20)), '--yes']);

    expect(ran.said).toContain('updateStrategy is OnDelete, so its pods would not be replaced');
    expect(ran.exitCode).toBe(2);
    expect(objectsOf(simulated)).toEqual([]);
  });

  it.each([
    ['--schedule', '* * * * *', 'with one minute and one hour'],
    ['--schedule', '0 3 31 2 *', 'never comes'],
    ['--time-zone', 'Europe/Nowhere', 'tz database'],
    ['--time-zone', 'Europe/BERLIN', 'tz database'],
    ['--image', 'a b', 'An image is a name'],
  ])('refuses %s %s', async (flag, value, said) => {
    const served = await serve(cluster());

    const ran = await served.run([...COMMAND, flag, value]);

    expect(ran.said).toContain(said);
    expect(ran.exitCode).toBe(2);
  });
});
