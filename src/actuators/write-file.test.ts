// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { WriteFileStep } from '#model/plan.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import { writeFileCommand } from '#sources/node-access/exec/file-script.ts';
import type { ActuatorWorld } from './define-actuator.ts';
import { actuator } from './write-file.ts';

const LINES = ['FLANNEL_NETWORK=10.244.0.0/16', 'FLANNEL_IPMASQ=true'];

const STEP: WriteFileStep = {
  kind: 'write-file',
  node: 'node2',
  object: 'file /run/flannel/subnet.env',
  title: 'write it',
  before: [],
  after: LINES,
};

/** A node that answers each exec in turn. */
function world(
  ...answers: readonly (readonly [stdout: string, exitCode: number])[]
): ActuatorWorld {
  const left = [...answers];
  const connection: Pick<KubernetesConnection, 'exec'> = {
    exec: () => {
      const [stdout, exitCode] = left.shift() ?? ['', 0];
      return Promise.resolve({
        stdout: Buffer.from(stdout),
        stderr: Buffer.from('Read-only file system\n'),
        end: { kind: 'exited', exitCode },
      });
    },
  };
  return {
    // Only exec is called.
    connection: connection as KubernetesConnection,
    container: () => Promise.resolve({ namespace: 'kube-flannel', pod: 'p', container: 'c' }),
    signal: new AbortController().signal,
  };
}

describe('write-file', () => {
  it('writes the lines, and its undo removes the file', async () => {
    const result = await actuator.apply(world(['', 0], [`${LINES.join('\n')}\n`, 0]), STEP);

    expect(result).toMatchObject({ outcome: 'applied', after: LINES });
    expect(result.undo).toMatchObject({ kind: 'write-file', before: LINES, after: [] });
  });

  it('leaves a file alone that somebody wrote since the plan', async () => {
    const result = await actuator.apply(world(['FLANNEL_MTU=1\n', 0]), STEP);

    expect(result).toMatchObject({ outcome: 'skipped', after: ['FLANNEL_MTU=1'] });
  });

  it('says what the node says when it refuses', async () => {
    const result = await actuator.apply(world(['', 0], ['', 76]), STEP);

    expect(result).toMatchObject({
      outcome: 'failed',
      reason: 'The node refused it: Read-only file system',
    });
    expect(result.undo).toBeUndefined();
  });

  it('refuses any line that is more than a name and a plain value', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const isPlain = /^[A-Za-z0-9.:/,]{1,200}$/.test(text);
        const after = [`FLANNEL_MTU=${text}`];

        const refused = actuator.refuse({ ...STEP, after });

        expect(refused === undefined).toBe(isPlain);
      }),
    );
  });

  it('writes no command with a line that it would refuse', () => {
    expect(() => writeFileCommand('', ['FLANNEL_MTU=$(reboot)'])).toThrow('not a line');
  });
});
