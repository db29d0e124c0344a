// SPDX-License-Identifier: Apache-2.0

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { selectTarget } from '#sources/kubernetes/cluster-target.ts';
import { environmentProxy } from '#sources/kubernetes/environment-proxy.ts';
import { type Kubeconfig, loadKubeconfig } from '#sources/kubernetes/kubeconfig.ts';
import { type SourceErrorCode, isSourceError } from '#sources/source-error.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'selvage-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function file(name: string, content: string): Promise<string> {
  const full = path.join(directory, name);
  await writeFile(full, content);
  return full;
}

function config(name: string, server: string): string {
  return `current-context: ${name}
contexts: [{name: ${name}, context: {cluster: shared, user: ${name}}}]
clusters: [{name: shared, cluster: {server: ${server}, certificate-authority: ca.pem}}]
users: [{name: ${name}, user: {client-key: /abs/key.pem, exec: {command: ./plugin}}}]
`;
}

async function loaded(...files: readonly string[]): Promise<Kubeconfig | undefined> {
  return loadKubeconfig({ env: { KUBECONFIG: files.join(path.delimiter), HOME: directory } });
}

async function codeOf(run: () => unknown): Promise<SourceErrorCode | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    if (isSourceError(error)) return error.code;
    throw error;
  }
}

describe('loadKubeconfig', () => {
  it('merges the files of KUBECONFIG: the first that defines a name wins', async () => {
    const one = await file('one', config('a', 'https://one'));
    const two = await file('two', config('b', 'https://two'));

    const merged = await loaded(one, two);

    expect(merged?.currentContext).toBe('a');
    expect([...(merged?.contexts.keys() ?? [])].sort()).toStrictEqual(['a', 'b']);
    expect(merged?.clusters.get('shared')?.server).toBe('https://one');
  });

  it('skips files of KUBECONFIG that do not exist', async () => {
    const two = await file('two', config('b', 'https://two'));

    const merged = await loaded(path.join(directory, 'missing'), two);

    expect(merged?.currentContext).toBe('b');
  });

  it('takes paths from the directory of their file', async () => {
    const merged = await loaded(await file('one', config('a', 'https://one')));

    const cluster = merged?.clusters.get('shared');
    const user = merged?.users.get('a');
    expect(cluster?.['certificate-authority']).toBe(path.join(directory, 'ca.pem'));
    expect(user?.['client-key']).toBe('/abs/key.pem');
    expect(user?.exec?.command).toBe(path.join(directory, 'plugin'));
  });

  it('takes an empty file for an empty configuration', async () => {
    const merged = await loaded(await file('empty', ''));

    expect(merged?.contexts.size).toBe(0);
  });

  it.each(['a: [', '- list', 'clusters: 5', 'users: [{name: u, user: {token: [1]}}]'])(
    'refuses %j',
    async (content) => {
      const broken = await file('broken', content);

      const code = await codeOf(() => loaded(broken));

      expect(code).toBe('invalid-kubeconfig');
    },
  );

  it('shows nothing of a file that is not YAML', async () => {
    const broken = await file('broken', 'token: [secret-token\n  x: {');

    const error: unknown = await loaded(broken).catch((reason: unknown) => reason);

    expect(String(error)).not.toContain('secret');
  });
});

describe('selectTarget', () => {
  const kubeconfig: Kubeconfig = {
    currentContext: 'c',
    contexts: new Map([
      ['c', { cluster: 'one', user: 'u' }],
      ['dangling', { cluster: 'none', user: 'u' }],
    ]),
    clusters: new Map([
      ['one', { server: 'https://one:6443' }],
      ['two', { server: 'https://two:6443' }],
      ['odd', { server: 'file:///etc/passwd' }],
    ]),
    users: new Map([['u', { token: 'kubeconfig', exec: { command: 'x' }, as: 'x' }]]),
  };

  it('lays flags over the context', () => {
    const target = selectTarget(kubeconfig, {
      cluster: 'two',
      token: 'flag',
      as: 'me',
      asUid: '7',
    });

    expect(target.server.host).toBe('two:6443');
    expect(target.user).toMatchObject({ token: 'flag', as: 'me', 'as-uid': '7' });
    expect(target.user.exec).toBeUndefined();
  });

  it.each([
    [{ context: 'other' }, 'unknown-context'],
    [{ context: 'dangling' }, 'invalid-kubeconfig'],
    [{ cluster: 'odd' }, 'invalid-kubeconfig'],
    [{ user: 'nobody' }, 'invalid-kubeconfig'],
    [{ server: 'not a url' }, 'invalid-kubeconfig'],
  ] as const)('refuses %j', async (options, code) => {
    expect(await codeOf(() => selectTarget(kubeconfig, options))).toBe(code);
  });
});

describe('environmentProxy', () => {
  const proxy = { HTTPS_PROXY: 'http://proxy:3128' };

  it.each([
    ['https://api.example:6443', {}, undefined],
    ['https://api.example:6443', proxy, 'http://proxy:3128'],
    ['https://api.example:6443', { https_proxy: 'proxy:1' }, 'http://proxy:1'],
    ['http://api.example', proxy, undefined],
    ['https://127.0.0.1:6443', proxy, undefined],
    ['https://[::1]:6443', proxy, undefined],
    ['https://localhost', proxy, undefined],
    ['https://api.example', { ...proxy, NO_PROXY: '*' }, undefined],
    ['https://api.example', { ...proxy, NO_PROXY: 'other, example' }, undefined],
    ['https://example', { ...proxy, NO_PROXY: '.example' }, 'http://proxy:3128'],
    ['https://badexample', { ...proxy, NO_PROXY: 'example' }, 'http://proxy:3128'],
    ['https://api.example:6443', { ...proxy, NO_PROXY: 'example:6443' }, undefined],
    ['https://api.example:1', { ...proxy, NO_PROXY: 'example:6443' }, 'http://proxy:3128'],
    ['https://10.1.2.3:6443', { ...proxy, NO_PROXY: '10.0.0.0/8' }, undefined],
    ['https://11.1.2.3:6443', { ...proxy, NO_PROXY: '10.0.0.0/8' }, 'http://proxy:3128'],
    ['https://[fd00::5]:6443', { ...proxy, NO_PROXY: 'fd00::/8' }, undefined],
    ['https://10.1.2.3', { ...proxy, NO_PROXY: '10.1.2.3' }, undefined],
    ['https://10.1.2.3', { ...proxy, NO_PROXY: '10.0.0.0/99' }, 'http://proxy:3128'],
  ])('%s with %j is %s', (server, env, expected) => {
    expect(environmentProxy(new URL(server), env)).toBe(expected);
  });
});
