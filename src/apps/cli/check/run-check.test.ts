// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { Snapshot } from '#model/snapshot.ts';
import { SourceError } from '#sources/source-error.ts';
import { capturedIo } from '../../../../testkit/captured-io.ts';
import { healthyCluster } from '../../../../testkit/snapshot-builder.ts';
import { Interruption } from '../io.ts';
import { UsageError } from '../usage-error.ts';
import type { CheckFlags } from './check-flags.ts';
import { type CheckServices, type CollectRequest, runCheck } from './run-check.ts';

const FLAGS: CheckFlags = { output: 'table', failOn: 'warning', color: true };

/** Services that give a snapshot without a cluster, after one step of progress. */
function serve(snapshot: Snapshot): CheckServices {
  return {
    collect: (_, { onProgress }) => {
      onProgress({ phase: 'reading nodes', done: 1, total: 3 });
      return Promise.resolve(snapshot);
    },
  };
}

const healthy = healthyCluster().build();
const broken = healthyCluster()
  .changeKernel('node2', 'routes', (routes) => routes.filter(({ link }) => link !== 'flannel.1'))
  .build();
const halfRead = healthyCluster().withoutKernel('node3').build();
const unread = healthyCluster().withoutCluster('nodes').build();

describe('the exit code', () => {
  it.each([
    ['0 for a healthy cluster', healthy, {}, 0],
    ['1 for a critical finding', broken, {}, 1],
    ['1 for a critical finding, with --fail-on critical', broken, { failOn: 'critical' }, 1],
    ['1 for a finding although part is unknown', broken, { allowUnknown: true }, 1],
    ['3 when one node could not be read', halfRead, {}, 3],
    ['0 for that with --allow-unknown', halfRead, { allowUnknown: true }, 0],
    ['0 when only nodes that could be read were asked for', halfRead, { node: ['node1'] }, 0],
    ['3 when the one node that was asked for could not be read', halfRead, { node: ['node3'] }, 3],
    ['3 when nothing could be read', unread, {}, 3],
    ['3 for that with --allow-unknown all the same', unread, { allowUnknown: true }, 3],
    ['0 when a healthy cluster was checked in part', healthy, { only: ['route-missing'] }, 0],
  ] as const)('is %s', async (_, snapshot, flags, expected) => {
    const io = capturedIo();

    const exitCode = await runCheck({ ...FLAGS, ...flags }, io, serve(snapshot));

    expect(exitCode).toBe(expected);
  });
});

describe('the table', () => {
  it('says first who cannot reach whom', async () => {
    const io = capturedIo();

    await runCheck(FLAGS, io, serve(broken));

    expect(io.stdout.text()).toMatch(
      /^✗ 2 of 6 node pairs are broken: pods on node2 cannot reach pods on node1 and node3\.\n/u,
    );
  });

  it('has colours on a terminal only', async () => {
    const terminal = capturedIo({ isTTY: true });
    const pipe = capturedIo();

    await runCheck(FLAGS, terminal, serve(broken));
    await runCheck(FLAGS, pipe, serve(broken));

    expect(terminal.stdout.text()).toContain('\u001B[31m');
    expect(pipe.stdout.text()).not.toContain('\u001B');
  });

  it.each([
    ['NO_COLOR', { NO_COLOR: '1' }, {}],
    ['--no-color', {}, { color: false }],
    ['a dumb terminal', { TERM: 'dumb' }, {}],
  ])('has no colours with %s', async (_, env, flags) => {
    const io = capturedIo({ isTTY: true, env });

    await runCheck({ ...FLAGS, ...flags }, io, serve(broken));

    expect(io.stdout.text()).not.toContain('\u001B');
  });

  it('has colours in a pipe with FORCE_COLOR', async () => {
    const io = capturedIo({ env: { FORCE_COLOR: '1' } });

    await runCheck(FLAGS, io, serve(broken));

    expect(io.stdout.text()).toContain('\u001B[31m');
  });

  it('is ASCII when the locale is', async () => {
    const io = capturedIo({ env: { LC_ALL: 'C' } });

    await runCheck(FLAGS, io, serve(broken));

    expect(io.stdout.text()).toMatch(/^X 2 of 6[\n\x20-\x7e]*$/u);
  });
});

describe('-o json', () => {
  it('writes one JSON document and nothing else', async () => {
    const io = capturedIo({ isTTY: true });

    const exitCode = await runCheck({ ...FLAGS, output: 'json' }, io, serve(broken));

    expect(exitCode).toBe(1);
    expect(JSON.parse(io.stdout.text())).toMatchObject({ pairs: { checked: 6, broken: 2 } });
  });
});

describe('progress', () => {
  it('is shown on standard error of a terminal, and taken away', async () => {
    const io = capturedIo({ isTTY: true });

    await runCheck(FLAGS, io, serve(healthy));

    expect(io.stderr.text()).toBe('\r\u001B[2Kreading nodes 1/3\r\u001B[2K');
  });

  it('is silent when standard error is no terminal', async () => {
    const io = capturedIo();

    await runCheck(FLAGS, io, serve(healthy));

    expect(io.stderr.text()).toBe('');
  });

  it('is taken away when reading fails', async () => {
    const io = capturedIo({ isTTY: true });
    const error = new SourceError('unreachable', { operation: 'list nodes', target: 'x' });
    const services: CheckServices = {
      collect: (_, { onProgress }) => {
        onProgress({ phase: 'connecting', done: 0, total: 1 });
        return Promise.reject(error);
      },
    };

    await expect(runCheck(FLAGS, io, services)).rejects.toBe(error);
    expect(io.stderr.text()).toMatch(/\r\u001B\[2K$/u);
  });
});

describe('what is asked of the cluster', () => {
  it('is what the flags say', async () => {
    const requests: CollectRequest[] = [];
    const services: CheckServices = {
      collect: (_, request) => {
        requests.push(request);
        return Promise.resolve(healthy);
      },
    };
    const flags = {
      ...FLAGS,
      node: ['node1'],
      nodeTimeout: 5000,
      concurrency: 4,
      probe: 'all' as const,
    };

    await runCheck(flags, capturedIo(), services);

    expect(requests).toMatchObject([
      { nodes: ['node1'], nodeTimeoutMs: 5000, concurrency: 4, probe: 'all' },
    ]);
  });

  it('is a mistake of the command line when a node does not exist', async () => {
    const error = new SourceError('not-found', { operation: 'select nodes', target: 'node nod2' });
    const services: CheckServices = { collect: () => Promise.reject(error) };

    const run = runCheck({ ...FLAGS, node: ['nod2'] }, capturedIo(), services);

    await expect(run).rejects.toThrow(UsageError);
    await expect(run).rejects.toThrow('The cluster has no node nod2.');
  });
});

describe('an interrupted run', () => {
  it('writes no report', async () => {
    const interrupt = new AbortController();
    const io = capturedIo({ signal: interrupt.signal });
    const services: CheckServices = {
      collect: () => {
        interrupt.abort(new Interruption(130));
        return Promise.resolve(healthy);
      },
    };

    await expect(runCheck(FLAGS, io, services)).rejects.toThrow(Interruption);
    expect(io.stdout.text()).toBe('');
  });
});
