// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { DeleteLinkStep, Step, WriteFileStep } from '#model/plan.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import { SourceError, type SourceErrorCode } from '#sources/source-error.ts';
import type { ActuatorWorld } from './define-actuator.ts';
import { actuator as deleteLink } from './delete-link.ts';
import { actuator as writeFile } from './write-file.ts';

const LINK: DeleteLinkStep = {
  kind: 'delete-link',
  node: 'node2',
  object: 'link flannel.1',
  title: 'delete it',
  link: 'flannel.1',
  ifindex: 7,
};

const FILE: WriteFileStep = {
  kind: 'write-file',
  node: 'node2',
  object: 'file /run/flannel/subnet.env',
  title: 'write it',
  before: ['FLANNEL_MTU=1450'],
  after: [],
};

/** A node whose pod is another one by now: the one that is known does not answer. */
function world(code: SourceErrorCode, text: string): ActuatorWorld & { readonly asked: string[] } {
  const asked: string[] = [];
  const connection: Pick<KubernetesConnection, 'exec'> = {
    exec: ({ pod }) => {
      asked.push(pod);
      if (pod === 'old') throw new SourceError(code, { operation: 'exec', target: 'pod old' });
      return Promise.resolve({
        stdout: Buffer.from(text),
        stderr: Buffer.from(''),
        end: { kind: 'exited', exitCode: 0 },
      });
    },
  };
  return {
    asked,
    // Only exec is called.
    connection: connection as KubernetesConnection,
    container: (_, fresh = false) =>
      Promise.resolve({
        namespace: 'kube-flannel',
        pod: fresh ? 'new' : 'old',
        container: 'kube-flannel',
      }),
    signal: new AbortController().signal,
  };
}

interface Case {
  readonly step: Step;
  readonly look: (world: ActuatorWorld) => Promise<{ readonly state: string }>;
  readonly text: string;
}

const CASES: readonly Case[] = [
  {
    step: LINK,
    look: (node) => deleteLink.dryRun(node, LINK),
    text: 'ifindex 7 mtu 1450\n',
  },
  { step: FILE, look: (node) => writeFile.dryRun(node, FILE), text: 'FLANNEL_MTU=1450\n' },
];

describe.each(CASES)('a pod that was replaced before $step.kind', ({ look, text }) => {
  it.each(['not-found', 'container-not-running'] as const)(
    'is looked up again, once, after %s',
    async (code) => {
      const node = world(code, text);

      const { state } = await look(node);

      expect(state).toBe('ready');
      expect(node.asked).toEqual(['old', 'new']);
    },
  );

  it('is not the reason of any other failure', async () => {
    const node = world('forbidden', text);

    await expect(look(node)).rejects.toThrow(SourceError);
    expect(node.asked).toEqual(['old']);
  });
});
