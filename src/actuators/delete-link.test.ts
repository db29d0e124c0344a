// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { DeleteLinkStep, WriteLinkMtuStep } from '#model/plan.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import type { ActuatorWorld } from './define-actuator.ts';
import { actuator } from './delete-link.ts';
import { actuator as mtu } from './write-link-mtu.ts';

const STEP: DeleteLinkStep = {
  kind: 'delete-link',
  node: 'node2',
  object: 'link flannel.1',
  title: 'delete it',
  link: 'flannel.1',
  ifindex: 7,
};

const MTU: WriteLinkMtuStep = {
  kind: 'write-link-mtu',
  node: 'node2',
  object: 'link flannel.1',
  title: 'set it',
  link: 'flannel.1',
  before: ['ifindex 7 mtu 1300'],
  after: ['ifindex 7 mtu 1450'],
};

/** A node that answers each exec in turn, and keeps the last words of each command. */
function world(...answers: readonly string[]): ActuatorWorld & { readonly commands: string[] } {
  const commands: string[] = [];
  const left = [...answers];
  const connection: Pick<KubernetesConnection, 'exec'> = {
    exec: ({ command }) => {
      commands.push(command.slice(4).join(' ').trim());
      return Promise.resolve({
        stdout: Buffer.from(left.shift() ?? ''),
        stderr: Buffer.from(''),
        end: { kind: 'exited', exitCode: 0 },
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

describe('delete-link', () => {
  it('is done also when flanneld has made the link anew at once', async () => {
    const node = world('ifindex 7 mtu 1450\n', 'ifindex 9 mtu 1450\n');

    const result = await actuator.apply(node, STEP);

    expect(result).toEqual({ outcome: 'applied', after: ['ifindex 9 mtu 1450'] });
    expect(node.commands.at(-1)).toMatch(/ip link del dev flannel\.1$/);
  });

  it('leaves a link alone that was made anew since the plan', async () => {
    const node = world('ifindex 9 mtu 1450\n');

    const result = await actuator.apply(node, STEP);

    expect(result.outcome).toBe('skipped');
    expect(node.commands).toHaveLength(1);
  });

  it.each([{ link: 'eth0' }, { link: 'flannel.1;reboot' }, { link: 'flannel' }, { ifindex: 0 }])(
    'refuses %j',
    (odd) => {
      expect(actuator.refuse({ ...STEP, ...odd })).toMatch(/\.$/);
    },
  );
});

describe('write-link-mtu', () => {
  it('sets the MTU with one command, and its undo sets the one before', async () => {
    const node = world('ifindex 7 mtu 1300\n', 'ifindex 7 mtu 1450\n');

    const result = await mtu.apply(node, MTU);

    expect(result).toMatchObject({
      outcome: 'applied',
      undo: { before: MTU.after, after: MTU.before },
    });
    expect(node.commands.at(-1)).toMatch(/ip link set dev flannel\.1 mtu 1450$/);
  });

  it.each([
    { link: '-h' },
    { before: [] },
    { after: ['ifindex 7 mtu 1450; reboot'] },
    { after: ['mtu 1450'] },
  ])('refuses %j', (odd) => {
    expect(mtu.refuse({ ...MTU, ...odd })).toMatch(/\.$/);
  });
});
