// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { PodObject } from '#model/cluster.ts';
import type { ExecRequest } from '#sources/kubernetes/connection.ts';
import { flannelShell, neighbourShell } from '#sources/node-access/exec/exec-shell.ts';
import { layeredAccess } from '#sources/node-access/layered-access.ts';
import type { NodeAccess, Section } from '#sources/node-access/node-access.ts';

/** A pod of Canal as RKE2 deploys it. */
function canalPod(): PodObject {
  const running = { ready: true, restartCount: 0, state: 'running' } as const;
  return {
    namespace: 'kube-system',
    name: 'rke2-canal-x2x9p',
    uid: 'u',
    nodeName: 'n1',
    phase: 'Running',
    ready: true,
    createdAt: '',
    podIPs: [],
    containers: [
      { name: 'calico-node', ...running },
      { name: 'kube-flannel', ...running },
    ],
  };
}

/** What a container prints for each section of a script: 127 for tools that it lacks, else its own name. */
function printed(script: string, container: string, lacks: readonly string[]): string {
  const marker = /^m=([0-9a-f]+)$/mu.exec(script)?.[1] ?? '';
  const sections = [...script.matchAll(/^s (\S+) /gmu)].map(([, name = '']) => name);
  return sections
    .map((name) => {
      const code = lacks.includes(name) ? '127' : '0';
      return `\n${marker} begin ${name}\n${container}\n${marker} end ${name} ${code}\n`;
    })
    .join('');
}

interface Run {
  readonly access: NodeAccess;
  readonly asked: readonly string[];
}

/** Ways into Canal's pods, whose containers lack what is named. */
function canal(lacks: Readonly<Record<string, readonly string[]>>, pods = [canalPod()]): Run {
  const asked: string[] = [];
  const connection = {
    exec: ({ container, command }: ExecRequest) => {
      asked.push(container);
      const stdout = Buffer.from(printed(command[2] ?? '', container, lacks[container] ?? []));
      const end = { kind: 'exited', exitCode: 0 } as const;
      return Promise.resolve({ stdout, stderr: Buffer.alloc(0), end });
    },
  };
  const options = { connection, pods, container: 'kube-flannel', nodeTimeoutMs: 1000 };
  const neighbour = neighbourShell(options);
  const access = layeredAccess([
    { shell: flannelShell(options), hasOtherTools: false },
    ...(neighbour === undefined ? [] : [{ shell: neighbour, hasOtherTools: true }]),
  ]);
  return { access, asked };
}

const SIGNAL = new AbortController().signal;

function textOf(section: Section | undefined): string | undefined {
  return section?.state === 'read' ? section.stdout : section?.state;
}

describe('the ways into a pod of Canal', () => {
  it('end with flannel’s own container where that has iproute2', async () => {
    const { access, asked } = canal({});

    const reading = await access.readNode('n1', SIGNAL);

    expect(asked).toEqual(['kube-flannel']);
    expect(reading.origin).toBe('exec kube-system/rke2-canal-x2x9p');
  });

  it('keep the state of flannel’s process, which calico-node does not see', async () => {
    const { access } = canal({ 'kube-flannel': ['fdb'] });

    const { sections } = await access.readNode('n1', SIGNAL);

    expect(textOf(sections.get('flannel-process'))).toBe('kube-flannel');
  });

  it('go on to calico-node where flannel’s image has no bridge, and name it', async () => {
    const { access, asked } = canal({ 'kube-flannel': ['fdb'] });

    const { origin, sections } = await access.readNode('n1', SIGNAL);

    expect(asked).toEqual(['kube-flannel', 'calico-node']);
    expect(origin).toBe(
      'exec kube-system/rke2-canal-x2x9p -c calico-node, exec kube-system/rke2-canal-x2x9p',
    );
    expect(textOf(sections.get('fdb'))).toBe('calico-node');
    expect(textOf(sections.get('routes'))).toBe('calico-node');
    expect(textOf(sections.get('subnet-env'))).toBe('kube-flannel');
  });

  it('are told one after the other', async () => {
    const { access } = canal({ 'kube-flannel': ['fdb', 'links'] });

    await access.readNode('n1', SIGNAL);

    expect(access.waysOf('n1')).toMatchObject([
      { way: 'exec', reason: 'The container has no `ip` and no `bridge`.' },
      { way: 'exec', through: expect.stringContaining('-c calico-node') as string },
    ]);
  });

  it('run further scripts where the reading came from', async () => {
    const { access, asked } = canal({ 'kube-flannel': ['fdb'] });
    await access.readNode('n1', SIGNAL);

    const { origin } = await access.runOn('n1', 'true', SIGNAL);

    expect(asked.at(-1)).toBe('calico-node');
    expect(origin).toBe('exec kube-system/rke2-canal-x2x9p -c calico-node');
  });

  it('fail with the first reason when none leads in', async () => {
    const { access } = canal({}, []);

    await expect(access.readNode('n1', SIGNAL)).rejects.toThrow('no flannel pod runs there');
    expect(access.waysOf('n1').map(({ through }) => through)).toEqual([undefined]);
  });
});
