// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { AuditEntry } from '#audit/audit-record.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import { serveInEachTest } from '../../testkit/served-cluster.ts';
import { UNMEASURED, UNMEASURED_USERS } from '../../testkit/unmeasured-reader.ts';

const serve = serveInEachTest();

const RUNBOOK = {
  requests: { cpu: '200m', memory: '1Gi' },
  limits: { cpu: '500m', memory: '2Gi' },
};

interface Templated {
  readonly template: { readonly spec: PodSpec };
}

interface PodSpec {
  readonly containers: readonly { readonly resources: unknown }[];
}

/** Requests and limits in the template of the DaemonSet, and of each flannel pod. */
function resourcesOf(simulated: SimulatedCluster): {
  readonly template: unknown;
  readonly pods: readonly unknown[];
} {
  const { flannelNamespace: namespace, store } = simulated;
  const set = store.get('daemonsets.apps', 'kube-flannel-ds', namespace);
  const pods = ['node1', 'node2', 'node3'].map((node) =>
    store.get('pods', simulated.flannelPod(node) ?? '', namespace),
  );
  return {
    template: (set?.['spec'] as Templated).template.spec.containers[0]?.resources,
    pods: pods.map((pod) => (pod?.['spec'] as PodSpec).containers[0]?.resources),
  };
}

/** Gives the pods of some nodes other resources than their template, as a rollout that halted leaves them. */
function leaveBehind(simulated: SimulatedCluster, resources: object, ...nodes: string[]): void {
  const { flannelNamespace: namespace, store } = simulated;
  for (const node of nodes) {
    const pod = store.get('pods', simulated.flannelPod(node) ?? '', namespace);
    if (pod === undefined) throw new Error(`no pod on ${node}`);
    const spec = pod['spec'] as PodSpec;
    const containers = spec.containers.map((each) => ({ ...each, resources }));
    store.update('pods', { ...pod, spec: { ...spec, containers } });
  }
}

function setMaxUnavailable(simulated: SimulatedCluster, maxUnavailable: number | string): void {
  const { flannelNamespace: namespace, store } = simulated;
  const set = store.get('daemonsets.apps', 'kube-flannel-ds', namespace);
  if (set === undefined) throw new Error('no DaemonSet');
  const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable } };
  const spec = { ...(set['spec'] as object), updateStrategy };
  store.update('daemonsets.apps', { ...set, spec });
}

describe('tune flannel --profile runbook', () => {
  it('shows the plan with the owner and the lasting change, and changes nothing', async () => {
    const simulated = cluster();
    const before = resourcesOf(simulated);
    const site = await serve(simulated);

    const { exitCode, said } = await site.run(['tune', 'flannel', '--profile', 'runbook']);

    expect(exitCode).toBe(1);
    expect(said).toContain('risk: cluster');
    expect(said).toContain('the change may come back');
    expect(said).toContain('tune flannel --profile runbook --yes');
    expect(resourcesOf(simulated)).toEqual(before);
  });

  it('gives every pod the limits, and undo brings back what was there', async () => {
    const simulated = cluster();
    const before = resourcesOf(simulated);
    const site = await serve(simulated);

    const tuned = await site.run(['tune', 'flannel', '--profile', 'runbook', '--yes']);
    const between = resourcesOf(simulated);
    const undone = await site.run(['undo', '--yes']);

    expect(tuned.said).toContain('All 3 pods carry it and are ready');
    expect(tuned.exitCode).toBe(0);
    expect(between).toEqual({ template: RUNBOOK, pods: [RUNBOOK, RUNBOOK, RUNBOOK] });
    expect(undone.exitCode).toBe(0);
    expect(resourcesOf(simulated)).toEqual(before);
  });

  it('is written as our own field manager, and told in the audit', async () => {
    const simulated = cluster();
    const site = await serve(simulated);
    await site.run(['tune', 'flannel', '--profile', 'runbook', '--yes']);

    const { stdout } = await site.run(['audit', '-o', 'json']);

    const [entry] = JSON.parse(stdout.text()) as readonly AuditEntry[];
    expect(entry).toMatchObject({
      intent: { remedy: 'set-flannel-resources', step: { kind: 'patch-daemonset' }, why: [] },
      outcome: { outcome: 'applied' },
      verdict: { verdict: 'helped' },
    });
    const { flannelNamespace: namespace } = simulated;
    const set = simulated.store.get('daemonsets.apps', 'kube-flannel-ds', namespace);
    expect(JSON.stringify(set?.metadata['managedFields'])).toContain('"manager":"selvage"');
  });

  it('prints the plan and what came of it as JSON', async () => {
    const site = await serve(cluster());
    const command = ['tune', 'flannel', '--profile', 'runbook', '-o', 'json'];

    const shown = await site.run(command);
    const done = await site.run([...command, '--yes']);

    expect(JSON.parse(shown.stdout.text())).toMatchObject({ kind: 'Plan', stages: [{}] });
    expect(JSON.parse(done.stdout.text())).toMatchObject({
      stages: [{ verdict: { verdict: 'helped' } }],
      left: [],
    });
    expect([shown.exitCode, done.exitCode]).toEqual([1, 0]);
  });

  it('has nothing to do the second time', async () => {
    const site = await serve(cluster());
    await site.run(['tune', 'flannel', '--profile', 'runbook', '--yes']);

    const { exitCode, said } = await site.run(['tune', 'flannel', '--profile', 'runbook', '--yes']);

    expect(said).toContain('Nothing to mend.');
    expect(exitCode).toBe(0);
  });

  it('rehearses it on the server and changes nothing', async () => {
    const simulated = cluster();
    const before = resourcesOf(simulated);
    const site = await serve(simulated);

    const ran = await site.run(['tune', 'flannel', '--profile', 'runbook', '--server-dry-run']);

    expect(ran.said).toContain(': ready');
    expect(ran.exitCode).toBe(1);
    expect(resourcesOf(simulated)).toEqual(before);
  });
});

describe('tune flannel --profile recommended', () => {
  const RECOMMENDED = ['tune', 'flannel', '--profile', 'recommended'];

  it('shows what it rests on, takes the limit away, and undo brings it back', async () => {
    const simulated = cluster({ memoryLimit: '50Mi' });
    const before = resourcesOf(simulated);
    const site = await serve(simulated);

    const shown = await site.run(RECOMMENDED);
    const done = await site.run([...RECOMMENDED, '--yes']);
    const between = resourcesOf(simulated).template;
    await site.run(['undo', '--yes']);

    expect(shown.said).toContain('Recommended with low confidence.');
    expect(shown.said).toContain('Evidence: greatest working set seen:');
    expect(shown.said).toContain('tune flannel --profile recommended --yes');
    expect([shown.exitCode, done.exitCode]).toEqual([1, 0]);
    expect(between).toMatchObject({ requests: { cpu: '100m', memory: '50Mi' } });
    expect(JSON.stringify(between)).not.toMatch(/"limits":\{"/u);
    expect(resourcesOf(simulated)).toEqual(before);
  });

  it('takes values that are given in place of its own', async () => {
    const simulated = cluster({ memoryLimit: '50Mi' });
    const site = await serve(simulated);

    const { exitCode } = await site.run([...RECOMMENDED, '--memory-limit', '300Mi', '--yes']);

    expect(exitCode).toBe(0);
    expect(resourcesOf(simulated).template).toEqual({
      requests: { cpu: '100m', memory: '50Mi' },
      limits: { memory: '300Mi' },
    });
  });

  it('is refused when nothing was measured, with what is missing', async () => {
    const simulated = cluster({ memoryLimit: '50Mi' });
    const before = resourcesOf(simulated);
    const site = await serve(simulated, { metrics: 'absent', users: UNMEASURED_USERS });

    const { exitCode, said } = await site.run([...RECOMMENDED, '--yes'], {
      user: UNMEASURED,
    });

    expect(said).toContain('Too little is known to recommend anything');
    expect(said).toContain('3 of 3 running pods were not measured');
    expect(exitCode).toBe(2);
    expect(resourcesOf(simulated)).toEqual(before);
  });
});

describe('tune flannel after a rollout that was left half done', () => {
  const OLD = { requests: { cpu: '100m', memory: '50Mi' } };
  const COMMAND = ['tune', 'flannel', '--profile', 'runbook'];

  it('says which nodes are behind, and does not say that all is well', async () => {
    const simulated = cluster();
    const site = await serve(simulated);
    await site.run([...COMMAND, '--yes']);
    leaveBehind(simulated, OLD, 'node2', 'node3');

    const { exitCode, said } = await site.run(COMMAND);

    expect(said).toContain('only 1 of 3 pods are ready with it yet (open: node2, node3)');
    expect(said).toContain('tune flannel --profile runbook --yes');
    expect(said).not.toContain('Nothing to mend');
    expect(exitCode).toBe(1);
  });

  it('waits for the rest with consent until it has come, and changes nothing itself', async () => {
    const simulated = cluster();
    const site = await serve(simulated);
    await site.run([...COMMAND, '--yes']);
    leaveBehind(simulated, OLD, 'node2', 'node3');
    site.simulation.calls.reset();
    // What looks for the rest gets the DaemonSet each time: one pod comes after the second look, the last one after
    // the third.
    const looks = (): number => site.simulation.calls.count('get', 'daemonsets.apps');
    const controller = setInterval(() => {
      if (looks() >= 2) leaveBehind(simulated, RUNBOOK, 'node2');
      if (looks() >= 3) leaveBehind(simulated, RUNBOOK, 'node3');
    }, 20);

    const ran = await site.run([...COMMAND, '--yes']);

    clearInterval(controller);
    expect(ran.said).toContain('All 3 pods carry it and are ready');
    expect(ran.exitCode).toBe(0);
    expect(resourcesOf(simulated).pods).toEqual([RUNBOOK, RUNBOOK, RUNBOOK]);
    expect(site.simulation.calls.count('patch', 'daemonsets.apps')).toBe(0);
  });

  it('waits for the rest with consent, and says so when it does not come', async () => {
    const simulated = cluster();
    const site = await serve(simulated);
    await site.run([...COMMAND, '--yes']);
    leaveBehind(simulated, OLD, 'node2');

    const halted = await site.run([...COMMAND, '--yes', '--pod-wait', '1s']);

    expect(halted.said).toContain('The rollout halted: 2 of 3 pods');
    expect(halted.exitCode).toBe(1);
  });
});

describe('tune flannel beside another Selvage', () => {
  const LEASES = 'leases.coordination.k8s.io';
  const HOLDER = '\u001b[2Jsomebody';

  function hold(simulated: SimulatedCluster, holderIdentity: string): void {
    const { flannelNamespace: namespace, store } = simulated;
    const spec = { holderIdentity, leaseDurationSeconds: 60 };
    const lease = store.get(LEASES, 'selvage-mend', namespace);
    if (lease !== undefined) store.update(LEASES, { ...lease, spec });
    else {
      const apiVersion = 'coordination.k8s.io/v1';
      const metadata = { name: 'selvage-mend', namespace };
      store.create(LEASES, { apiVersion, kind: 'Lease', metadata, spec });
    }
  }

  it('plans anew after it had to wait, as fix does', async () => {
    const simulated = cluster();
    const site = await serve(simulated);
    const asked: string[] = [];

    const ran = await site.run(['tune', 'flannel', '--profile', 'runbook'], {
      ask: async (question) => {
        asked.push(question);
        if (asked.length > 1) return 'no';
        await site.run(['tune', 'flannel', '--memory-limit', '256Mi', '--yes']);
        hold(simulated, HOLDER);
        setTimeout(() => hold(simulated, ''), 700);
        return 'yes';
      },
    });

    expect(ran.said).toContain('The cluster changed meanwhile.');
    expect(asked).toHaveLength(2);
    expect(resourcesOf(simulated).template).toMatchObject({ limits: { memory: '256Mi' } });
    expect(ran.exitCode).toBe(1);
  });

  it('names who is mending, without what a terminal would obey', async () => {
    const simulated = cluster();
    hold(simulated, HOLDER);
    const site = await serve(simulated);

    const flags = ['--profile', 'runbook', '--yes', '--lock-wait', '100ms'];
    const ran = await site.run(['tune', 'flannel', ...flags]);

    expect(ran.exitCode).toBe(3);
    expect(ran.stderr.text()).toContain('somebody is mending this cluster');
    expect(ran.stderr.text()).not.toContain('\u001b');
  });
});

describe('tune flannel with values', () => {
  it('takes away limits of somebody else by the profile upstream', async () => {
    const simulated = cluster({ memoryLimit: '50Mi' });
    const site = await serve(simulated);

    const ran = await site.run(['tune', 'flannel', '--profile', 'upstream', '--yes']);
    const between = resourcesOf(simulated).template;
    await site.run(['undo', '--yes']);

    expect(ran.exitCode).toBe(0);
    expect(between).toMatchObject({ requests: { cpu: '100m', memory: '50Mi' } });
    expect(JSON.stringify(between)).not.toMatch(/"limits":\{"/);
    expect(resourcesOf(simulated).template).toMatchObject({ limits: { memory: '50Mi' } });
  });

  it('halts at the first node that does not come back, and takes it all back', async () => {
    const simulated = cluster();
    const before = resourcesOf(simulated);
    const site = await serve(simulated);
    const values = ['--memory-request', '5Mi', '--memory-limit', '5Mi', '--pod-wait', '2s'];

    const { exitCode, said } = await site.run(['tune', 'flannel', ...values, '--yes']);

    expect(said).toContain('The rollout halted: 0 of 3 pods are ready with it');
    expect(said).toContain('taken back');
    expect(exitCode).toBe(1);
    expect(resourcesOf(simulated)).toEqual(before);
  });

  it.each([
    [['--profile', 'runbook', '--cpu-limit', '1'], 'does not go with single ones'],
    [[], 'Nothing is named that is to be set'],
    [['--memory-limit', '1GB'], 'A quantity is a number with a unit'],
    [['--memory-limit', '20Mi'], 'above its limit of 20Mi'],
    [['--memory-limit', '$(reboot)'], 'A quantity is a number with a unit'],
  ])('refuses %j as a wrong command line', async (flags, said) => {
    const site = await serve(cluster());

    const ran = await site.run(['tune', 'flannel', ...flags, '--yes']);

    expect(ran.said).toContain(said);
    expect(ran.exitCode).toBe(2);
  });

  it('leaves alone a DaemonSet that would replace several pods at once', async () => {
    const simulated = cluster();
    setMaxUnavailable(simulated, '50%');
    const before = resourcesOf(simulated);
    const site = await serve(simulated);

    const { exitCode, said } = await site.run(['tune', 'flannel', '--profile', 'runbook', '--yes']);

    expect(said).toContain('maxUnavailable 50%');
    expect(exitCode).toBe(3);
    expect(resourcesOf(simulated)).toEqual(before);
  });
});

describe('flannel killed for memory', () => {
  it('is mended by twice the limit, when the risk is allowed', async () => {
    const simulated = cluster({ nodes: 5 });
    simulated.fault('flannel-oom', 'node2');
    setMaxUnavailable(simulated, 1);
    const site = await serve(simulated);

    const plan = await site.plan('--max-risk', 'cluster');
    const ran = await site.run(['fix', '--max-risk', 'cluster', '--yes']);

    expect(plan.stages.map(({ remedy }) => remedy)).toEqual(['set-flannel-resources']);
    expect(JSON.stringify(plan.untreated)).toContain('a new pod gets the same limit');
    expect(ran.said).toContain('verified');
    expect(resourcesOf(simulated).template).toMatchObject({ limits: { memory: '128Mi' } });
  });
});
