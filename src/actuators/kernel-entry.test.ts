// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { WriteFdbEntryStep, WriteNeighbourStep, WriteRouteStep } from '#model/plan.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import type { ActuatorWorld } from './define-actuator.ts';
import { actuator as fdb } from './write-fdb-entry.ts';
import { actuator as neighbour } from './write-neighbour.ts';
import { actuator as route } from './write-route.ts';

const LINE = 'unicast 10.244.3.0/24 via 10.244.3.0 dev flannel.1 proto boot scope global onlink';

const ROUTE: WriteRouteStep = {
  kind: 'write-route',
  node: 'node2',
  object: 'route 10.244.3.0/24',
  title: 'add it',
  family: 4,
  dst: '10.244.3.0/24',
  before: [],
  after: [LINE],
};
const NEIGHBOUR: WriteNeighbourStep = {
  kind: 'write-neighbour',
  node: 'node2',
  object: 'neighbour 10.244.3.0',
  title: 'add it',
  family: 4,
  address: '10.244.3.0',
  link: 'flannel.1',
  before: [],
  after: ['10.244.3.0 lladdr 8e:47:0a:00:ff:03 PERMANENT'],
};
const FDB: WriteFdbEntryStep = {
  kind: 'write-fdb-entry',
  node: 'node2',
  object: 'fdb 8e:47:0a:00:ff:03',
  title: 'add it',
  mac: '8e:47:0a:00:ff:03',
  link: 'flannel.1',
  before: [],
  after: ['8e:47:0a:00:ff:03 dst 192.0.2.3 self permanent'],
};

interface Answer {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
}

/** A node that answers each exec in turn, and keeps the commands. */
function world(...answers: readonly Answer[]): ActuatorWorld & { readonly commands: string[][] } {
  const commands: string[][] = [];
  const left = [...answers];
  const connection: Pick<KubernetesConnection, 'exec'> = {
    exec: ({ command }) => {
      commands.push([...command]);
      const { stdout = '', stderr = '', exitCode = 0 } = left.shift() ?? {};
      return Promise.resolve({
        stdout: Buffer.from(stdout),
        stderr: Buffer.from(stderr),
        end: { kind: 'exited', exitCode },
      });
    },
  };
  return {
    commands,
    // Only exec is called.
    connection: connection as KubernetesConnection,
    container: () => Promise.resolve({ namespace: 'kube-flannel', pod: 'p', container: 'c' }),
    signal: new AbortController().signal,
  };
}

describe('a step that somebody edited by hand', () => {
  it.each([
    [{ ...ROUTE, dst: '$(reboot)' }],
    [{ ...ROUTE, dst: '10.244.3.7/24' }],
    [{ ...ROUTE, after: ['unicast 10.244.4.0/24 via 10.244.4.0 dev flannel.1'] }],
    [{ ...ROUTE, after: [`${LINE} ; reboot`] }],
    [{ ...ROUTE, before: ['unicast 10.244.3.0/24 via 1.2.3.4 dev --help'] }],
  ])('is refused: %j', (step) => {
    expect(route.refuse(step)).toMatch(/\.$/);
  });

  it.each([
    [{ ...NEIGHBOUR, link: '-x' }],
    [{ ...NEIGHBOUR, address: '10.244.3.0/24' }],
    [{ ...NEIGHBOUR, after: ['10.244.4.0 lladdr 8e:47:0a:00:ff:03 PERMANENT'] }],
  ])('is refused: %j', (step) => {
    expect(neighbour.refuse(step)).toMatch(/\.$/);
  });

  it.each([
    [{ ...FDB, mac: 'x' }],
    [{ ...FDB, after: ['8e:47:0a:00:ff:04 dst 192.0.2.3 self permanent'] }],
  ])('is refused: %j', (step) => {
    expect(fdb.refuse(step)).toMatch(/\.$/);
  });

  it('is taken as the planner makes it', () => {
    expect([route.refuse(ROUTE), neighbour.refuse(NEIGHBOUR), fdb.refuse(FDB)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('apply', () => {
  it('writes by the words of the entry, onto what was read, and gives the way back', async () => {
    const node = world({}, { stdout: `${LINE} \n` });

    const result = await route.apply(node, ROUTE);

    expect(node.commands[1]?.slice(3)).toEqual([
      'sh',
      '4',
      '10.244.3.0/24',
      '',
      '',
      ...'ip -4 route add'.split(' '),
      ...LINE.split(' '),
    ]);
    expect(result).toMatchObject({
      outcome: 'applied',
      after: [LINE],
      undo: { before: [LINE], after: [] },
    });
  });

  it('leaves an entry alone that is not as it was planned', async () => {
    const node = world({ stdout: 'unicast 10.244.3.0/24 via 10.0.0.9 dev eth0 \n' });

    const result = await route.apply(node, ROUTE);

    expect(node.commands).toHaveLength(1);
    expect(result).toMatchObject({ outcome: 'skipped' });
  });

  it('leaves an entry alone that changes in the last moment', async () => {
    const node = world(
      {},
      { stdout: 'unicast 10.244.3.0/24 via 10.0.0.9 dev eth0 \n', exitCode: 75 },
    );

    const result = await route.apply(node, ROUTE);

    expect(result).toMatchObject({ outcome: 'skipped' });
    expect(result.undo).toBeUndefined();
  });

  it('tells the kernel’s own word when it refuses', async () => {
    const node = world({}, { stderr: 'Error: Nexthop has invalid gateway.\n', exitCode: 76 });

    const result = await route.apply(node, ROUTE);

    expect(result).toMatchObject({
      outcome: 'failed',
      reason: 'The node refused it: Error: Nexthop has invalid gateway.',
    });
    expect(result.undo).toBeUndefined();
  });

  it('writes what is new before it deletes what was wrong', async () => {
    const wrong = LINE.replace('via 10.244.3.0', 'via 10.244.9.0').replace(
      ' onlink',
      ' metric 5 onlink',
    );
    const node = world({ stdout: wrong }, { stdout: `${wrong}\n${LINE}` }, { stdout: LINE });

    const result = await route.apply(node, { ...ROUTE, before: [wrong] });

    expect(node.commands.slice(1).map((command) => command[11])).toEqual(['add', 'del']);
    expect(result.outcome).toBe('applied');
  });

  it('replaces an entry in the same slot in one command', async () => {
    const wrong = LINE.replace('via 10.244.3.0', 'via 10.244.9.0');
    const node = world({ stdout: wrong }, { stdout: LINE });

    await route.apply(node, { ...ROUTE, before: [wrong] });

    expect(node.commands.slice(1).map((command) => command[11])).toEqual(['replace']);
  });
});
