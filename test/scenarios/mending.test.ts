// SPDX-License-Identifier: Apache-2.0

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import type { FaultName } from '#simulation/cluster/faults.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import { Interruption } from '../../src/apps/cli/io.ts';
import { kernelText, type ServedCluster, serveInEachTest } from '../../testkit/served-cluster.ts';

const serve = serveInEachTest();

interface Case {
  readonly fault: readonly [name: FaultName, node: string, argument?: string];
  /** `object` of every step, in order. */
  readonly steps: readonly (string | RegExp)[];
}

const MAC = /^fdb [0-9a-f:]{17}$/;

const CASES: readonly Case[] = [
  {
    fault: ['routes-flush', 'node2'],
    steps: ['route 10.244.1.0/24', 'route 10.244.3.0/24'],
  },
  { fault: ['route-del', 'node2', 'node3'], steps: ['route 10.244.3.0/24'] },
  { fault: ['neigh-del', 'node2', 'node3'], steps: ['neighbour 10.244.3.0'] },
  { fault: ['fdb-del', 'node2', 'node3'], steps: [MAC] },
  { fault: ['stale-route', 'node2'], steps: ['route 10.244.99.0/24'] },
  {
    fault: ['link-bounce', 'node2'],
    steps: [
      'neighbour 10.244.1.0',
      'neighbour 10.244.3.0',
      'route 10.244.1.0/24',
      'route 10.244.3.0/24',
    ],
  },
];

describe.each(CASES)('after $fault', ({ fault, steps }) => {
  it('the plan has exactly the steps that mend it, and showing it changes nothing', async () => {
    const simulated = cluster();
    simulated.fault(...fault);
    const before = kernelText(simulated, 'node2');
    const site = await serve(simulated);

    const plan = await site.plan();

    expect(plan.stages.map(({ remedy, node }) => [remedy, node])).toEqual([
      ['reprogram-entries', 'node2'],
    ]);
    const objects = plan.stages.flatMap((stage) => stage.steps.map(({ object }) => object));
    expect(objects).toHaveLength(steps.length);
    for (const [index, object] of objects.entries()) expect(object).toMatch(steps[index] ?? '');
    expect(plan.untreated).toEqual([]);
    expect(kernelText(simulated, 'node2')).toBe(before);
  });

  it('fix makes the kernel as it was when healthy, touches no pod, and leaves no finding', async () => {
    const simulated = cluster();
    const healthy = kernelText(simulated, 'node2');
    const pods = ['node1', 'node2', 'node3'].map((node) => simulated.flannelPod(node));
    simulated.fault(...fault);
    const site = await serve(simulated);

    const { exitCode, said } = await site.run(['fix', '--yes']);

    expect(said).toContain('No finding is left.');
    expect(exitCode).toBe(0);
    expect(kernelText(simulated, 'node2')).toBe(healthy);
    expect(['node1', 'node2', 'node3'].map((node) => simulated.flannelPod(node))).toEqual(pods);
  });

  it('undo brings the broken state back, byte for byte', async () => {
    const simulated = cluster();
    simulated.fault(...fault);
    const broken = kernelText(simulated, 'node2');
    const site = await serve(simulated);
    await site.run(['fix', '--yes']);

    const { exitCode } = await site.run(['undo', '--yes']);

    expect(exitCode).toBe(0);
    expect(kernelText(simulated, 'node2')).toBe(broken);
  });
});

describe('the proof', () => {
  it('is packets over each broken pair, in both directions', async () => {
    const simulated = cluster();
    simulated.fault('routes-flush', 'node2');
    const site = await serve(simulated);

    const { said } = await site.run(['fix', '--yes']);

    expect(said).toContain('2 findings gone, packets flow over 4 of 4 pairs.');
  });

  it('tells what still stops packets when the entries are right, and takes nothing back', async () => {
    const simulated = cluster();
    simulated.fault('udp-block', 'node2');
    const blocked = kernelText(simulated, 'node2');
    simulated.fault('routes-flush', 'node2');
    const site = await serve(simulated);

    const { exitCode, said } = await site.run(['fix', '--yes']);

    expect(said).toContain('Something else still stops packets from node2 to node1');
    expect(said).not.toContain('taken back');
    expect(exitCode).toBe(1);
    expect(kernelText(simulated, 'node2')).toBe(blocked);
  });
});

describe('the audit', () => {
  it('tells who changed what, why, from what to what, and how it went', async () => {
    const simulated = cluster();
    simulated.fault('route-del', 'node2', 'node3');
    const site = await serve(simulated);
    await site.run(['fix', '--yes']);

    const [entry, ...more] = await site.audit();

    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      intent: {
        who: { user: 'kubernetes-admin' },
        remedy: 'reprogram-entries',
        why: [{ id: 'route-missing:node2:node3:route 10.244.3.0/24' }],
        before: [],
      },
      outcome: {
        outcome: 'applied',
        after: [
          'unicast 10.244.3.0/24 via 10.244.3.0 dev flannel.1 proto boot scope global onlink',
        ],
      },
      verdict: { verdict: 'helped' },
    });
  });

  it('is shown before it is taken back without what a terminal would obey', async () => {
    const simulated = cluster();
    simulated.fault('route-del', 'node2', 'node3');
    const site = await serve(simulated);
    await site.run(['fix', '--yes']);
    const folder = join(site.state, 'selvage', 'audit');
    const [name = ''] = await readdir(folder);
    const text = await readFile(join(folder, name), 'utf8');
    const hostile = text.replaceAll('"title":"', String.raw`"title":"\u001b[2J`);
    await writeFile(join(folder, name), hostile);

    const { exitCode, said } = await site.run(['undo']);

    expect(said).toContain('delete route 10.244.3.0/24 again');
    expect(said).not.toContain('\u001b');
    expect(exitCode).toBe(1);
  });

  it('is mirrored as an Event on the node', async () => {
    const simulated = cluster();
    simulated.fault('route-del', 'node2', 'node3');
    const site = await serve(simulated);

    await site.run(['fix', '--yes']);

    const { items } = simulated.store.list('events', { namespace: 'default' });
    expect(items.map((event) => event['reason'])).toContain('Mended');
  });
});

describe('consent', () => {
  it('is asked for on a terminal, and anything but yes changes nothing', async () => {
    const simulated = cluster();
    simulated.fault('routes-flush', 'node2');
    const broken = kernelText(simulated, 'node2');
    const site = await serve(simulated);

    const { exitCode, said } = await site.run(['fix'], { ask: () => Promise.resolve('y') });

    expect(said).toContain('Nothing was changed.');
    expect(exitCode).toBe(1);
    expect(kernelText(simulated, 'node2')).toBe(broken);
  });

  it('is given by typing yes', async () => {
    const simulated = cluster();
    simulated.fault('routes-flush', 'node2');
    const site = await serve(simulated);

    const { exitCode } = await site.run(['fix'], { ask: () => Promise.resolve('yes\n') });

    expect(exitCode).toBe(0);
  });
});

describe('the command that is told', () => {
  it('makes the plan that was shown, of the same cluster', async () => {
    const simulated = cluster();
    simulated.fault('routes-flush', 'node2');
    const site = await serve(simulated);
    const flags = ['--only', 'route-missing', '--node', 'node2', '--max-risk', 'none'];

    const { said } = await site.run(['fix', '--request-timeout', '20s', ...flags]);

    const told = [...flags, '--request-timeout', '20s'].join(' ');
    expect(said).toContain(`Apply it with: selvage fix ${told} --yes\n`);
  });
});

describe('rights', () => {
  const reading = [
    { verbs: ['list'], resources: ['nodes', 'pods', 'services'] },
    { verbs: ['get'], resources: ['namespaces', 'configmaps'] },
    { verbs: ['get', 'create'], resources: ['pods/exec'] },
    { verbs: ['list'], apiGroups: ['apps'], resources: ['daemonsets'] },
    { verbs: ['list'], apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'] },
  ];

  it('that only allow reading are refused before the first step, with the missing verbs', async () => {
    const simulated = cluster();
    simulated.fault('routes-flush', 'node2');
    const broken = kernelText(simulated, 'node2');
    const users = [{ name: 'reader', token: 'reader-token', rules: reading }];
    const site = await serve(simulated, { users });

    const check = await site.run(['check'], { user: 'reader' });
    const { exitCode, stderr } = await site.run(['fix', '--yes'], { user: 'reader' });

    expect(check.exitCode).toBe(1);
    expect(exitCode).toBe(3);
    expect(stderr.text()).toContain('create leases.coordination.k8s.io in kube-flannel');
    expect(stderr.text()).toContain('update leases.coordination.k8s.io selvage-mend');
    expect(kernelText(simulated, 'node2')).toBe(broken);
  });
});

describe('two fixes at once', () => {
  it('leave right entries: one works, the other waits and finds nothing left to do', async () => {
    const simulated = cluster();
    const healthy = kernelText(simulated, 'node2');
    simulated.fault('link-bounce', 'node2');
    const site = await serve(simulated, { latency: { requestMs: 5, execMs: 20 } });

    const runs = await Promise.all([site.run(['fix', '--yes']), site.run(['fix', '--yes'])]);

    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(kernelText(simulated, 'node2')).toBe(healthy);
    const audit = await site.audit();
    expect(audit.filter(({ outcome }) => outcome?.outcome === 'applied')).toHaveLength(4);
    expect(runs.filter(({ said }) => said.includes('is mending this cluster'))).toHaveLength(1);
  });
});

describe('a world that moves between plan and step', () => {
  it('has its entry left as it is now', async () => {
    const simulated = cluster();
    simulated.fault('route-del', 'node2', 'node3');
    const site = await serve(simulated);
    const { kernel } = simulated.node('node2');

    const { said } = await site.run(['fix'], {
      ask: () => {
        const [like] = kernel.routes[4].dump().filter(({ onlink }) => onlink);
        const [stray] = cluster()
          .node('node2')
          .kernel.routes[4].dump()
          .filter(({ gateway }) => gateway === '10.244.3.0');
        if (like === undefined || stray === undefined) throw new Error('no route');
        kernel.setRoute({ ...stray, gateway: '10.244.9.0' }, 'add');
        return Promise.resolve('yes');
      },
    });

    expect(said).toContain('It changed since the plan: now unicast 10.244.3.0/24 via 10.244.9.0');
    expect(kernelText(simulated, 'node2')).toContain('10.244.3.0/24 via 10.244.9.0');
  });
});

describe('Ctrl-C', () => {
  it('stops between two steps and says what was not begun', async () => {
    const simulated = cluster();
    simulated.fault('routes-flush', 'node2');
    const interrupt = new AbortController();
    const site = await serve(simulated);
    simulated.store.subscribe((resource) => {
      if (resource === 'leases.coordination.k8s.io') interrupt.abort(new Interruption(130));
    });

    const { exitCode, said } = await site.run(['fix', '--yes'], { signal: interrupt.signal });

    expect(exitCode).toBe(130);
    expect(said).toContain('not begun: reprogram-entries on node2 (2 steps)');
  });
});

describe('an exec whose answer is lost', () => {
  it.each([
    ['before the step', 2],
    ['after the write', 4],
  ])('%s is found out from the node itself', async (_, skip) => {
    const simulated = cluster();
    const healthy = kernelText(simulated, 'node2');
    simulated.fault('route-del', 'node2', 'node3');
    const site = await serve(simulated);
    site.simulation.faults.add({
      fault: { kind: 'cut', afterBytes: 0 },
      on: { subresource: 'exec', node: 'node2' },
      skip,
      times: 1,
    });

    await site.run(['fix', '--yes']);
    const { exitCode } = await site.run(['fix', '--yes']);

    expect(exitCode).toBe(0);
    expect(kernelText(simulated, 'node2')).toBe(healthy);
    const audit = await site.audit();
    expect(audit.map(({ outcome }) => outcome?.outcome)).toEqual(['applied']);
  });

  it('is waited for while the API server is gone', async () => {
    const simulated = cluster();
    const healthy = kernelText(simulated, 'node2');
    simulated.fault('route-del', 'node2', 'node3');
    const site = await serve(simulated);
    const { faults } = site.simulation;
    const exec = simulated.exec.bind(simulated);
    simulated.exec = (request) => {
      if (request.command.includes('add')) {
        const comeBack = faults.add({ fault: { kind: 'server-error', code: 503 } });
        setTimeout(comeBack, 5000);
      }
      return exec(request);
    };

    const { exitCode, said } = await site.run(['fix', '--yes']);

    expect(said).toContain('No finding is left.');
    expect(exitCode).toBe(0);
    expect(kernelText(simulated, 'node2')).toBe(healthy);
  }, 60_000);
});

/** What an installation may create, and no remedy. */
const ROLE = `      - kind: apply-manifest
        node: node2
        object: route 10.244.1.0/24
        title: add route 10.244.1.0/24
        path: /apis/rbac.authorization.k8s.io/v1/clusterrolebindings/somebody
        manifest:
          apiVersion: rbac.authorization.k8s.io/v1
          kind: ClusterRoleBinding
          metadata: { name: somebody }
        present: true
        waitSeconds: 1
    whyNotSmaller: []
    settlesWithinMs: 0
    haltsOnFailure: false
    peers: []
untreated: []
notes: []
refusals: []
`;

describe('a plan in a file', () => {
  async function kept(site: ServedCluster, edit: (text: string) => string): Promise<string> {
    const { stdout } = await site.run(['fix', '-o', 'yaml']);
    const file = join(site.home, 'plan.yaml');
    await writeFile(file, edit(stdout.text()));
    return file;
  }

  it('is carried out as it is', async () => {
    const simulated = cluster();
    const healthy = kernelText(simulated, 'node2');
    simulated.fault('routes-flush', 'node2');
    const site = await serve(simulated);
    const file = await kept(site, (text) => text);

    const { exitCode } = await site.run(['fix', '--plan', file, '--yes']);

    expect(exitCode).toBe(0);
    expect(kernelText(simulated, 'node2')).toBe(healthy);
  });

  it('is shown with our own words and risks, whatever the file says', async () => {
    const simulated = cluster();
    simulated.fault('routes-flush', 'node2');
    const site = await serve(simulated);
    const file = await kept(site, (text) =>
      text
        .replaceAll(/title: .*/gu, 'title: nothing at all')
        .replaceAll(/disturbance: .*/gu, 'disturbance: It does nothing.'),
    );

    const { said } = await site.run(['fix', '--plan', file]);

    expect(said).not.toMatch(/nothing at all|It does nothing/u);
    expect(said).toContain('add route 10.244.1.0/24');
    expect(said).toContain('(risk: none)');
  });

  it('is bounded by the allowed risk, by what its steps can do at worst', async () => {
    const simulated = cluster();
    simulated.fault('routes-flush', 'node2');
    const broken = kernelText(simulated, 'node2');
    const site = await serve(simulated);
    // A next hop that no plan of ours has.
    const file = await kept(site, (text) => text.replaceAll('via 10.244.1.0', 'via 10.244.3.0'));

    const { exitCode, said } = await site.run([
      'fix',
      '--plan',
      file,
      '--max-risk',
      'none',
      '--yes',
    ]);

    expect(said).toContain('has the risk node, and none is allowed');
    expect(exitCode).toBe(2);
    expect(kernelText(simulated, 'node2')).toBe(broken);
  });

  it('deletes no entry that a lease asks for by now', async () => {
    const simulated = cluster();
    simulated.fault('stale-route', 'node2');
    const site = await serve(simulated);
    // As if node3 had been given the range of a node that left: its route is the leftover, word by word.
    const file = await kept(site, (text) => text.replaceAll('10.244.99.0', '10.244.3.0'));
    simulated.heal();
    const healthy = kernelText(simulated, 'node2');

    const { said } = await site.run(['fix', '--plan', file, '--yes']);

    expect(said).toContain('It belongs to node3 by now, whose lease asks for it.');
    expect(await site.audit()).toEqual([]);
    expect(kernelText(simulated, 'node2')).toBe(healthy);
  });

  it('creates no object, which only an installation does', async () => {
    const simulated = cluster();
    simulated.fault('routes-flush', 'node2');
    const site = await serve(simulated);
    const file = await kept(site, (text) => text.replace(/ {6}- kind: write-route[^]*/, ROLE));

    const { exitCode, said } = await site.run(['fix', '--plan', file, '--yes']);

    expect(said).toContain('no remedy needs a step of the kind apply-manifest');
    expect(exitCode).toBe(2);
  });

  it.each([
    ['$(reboot)', (text: string) => text.replaceAll('via 10.244.1.0', 'via $(reboot)')],
    ['another kind', (text: string) => text.replaceAll('write-route', 'run-anything')],
    ['another node', (text: string) => text.replace('node: node2', 'node: node3')],
    [
      'a destination of its own',
      (text: string) => text.replaceAll('dst: 10.244.1.0/24', 'dst: 0.0.0.0/0'),
    ],
    ['a step without its lines', (text: string) => text.replaceAll('before: []', 'before: 7')],
    ['no plan', () => 'kind: List'],
    ['no YAML', () => '{'],
    ['aliases', () => 'a: &a [1]\nb: *a'],
  ])('is refused with %s in it, before the cluster is asked', async (_, edit) => {
    const simulated = cluster();
    simulated.fault('routes-flush', 'node2');
    const broken = kernelText(simulated, 'node2');
    const site = await serve(simulated);
    const file = await kept(site, edit);

    const { exitCode } = await site.run(['fix', '--plan', file, '--yes']);

    expect(exitCode).toBe(2);
    expect(kernelText(simulated, 'node2')).toBe(broken);
  });
});
