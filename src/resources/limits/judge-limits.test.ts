// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { healthyPicture } from '../../../testkit/healthy-picture.ts';
import {
  MIB,
  ResourcePictureBuilder,
  container,
  node,
  pod,
} from '../../../testkit/resource-picture.ts';
import { judgeLimits } from './judge-limits.ts';
import type { LimitsReport } from './limits-report.ts';

function judged(builder: ResourcePictureBuilder, thresholdRatio = 0.8): LimitsReport {
  return judgeLimits(builder.build(), { thresholdRatio });
}

/** Faults alone, as `kind container`. */
function faults({ findings }: LimitsReport): readonly string[] {
  return findings
    .filter(({ severity }) => severity !== 'info')
    .map(({ kind, place }) => `${kind} ${place?.container ?? ''}`);
}

function web(count: number, limit?: number): ResourcePictureBuilder {
  const limits = limit === undefined ? {} : { memoryBytes: limit };
  const names = Array.from({ length: count }, (_, index) => `web-${String(index)}`);
  return new ResourcePictureBuilder()
    .nodes(node({ name: 'node1' }))
    .pods(...names.map((name) => pod({ name, containers: [container({ limits })] })))
    .allUse('main', { workingSetBytes: 10 * MIB });
}

const FIRST_WEB = { namespace: 'shop', pod: 'web-0', container: 'main' };

describe('a healthy cluster', () => {
  it('has no fault, and nothing that is not known', () => {
    const report = judged(healthyPicture());

    expect(faults(report)).toEqual([]);
    expect(report.unknown).toEqual([]);
    expect(report.usage).toMatchObject({ origin: 'metrics-server', unmeasured: 0 });
  });

  it('has containers without limits as facts, with what ships them so', () => {
    const { containers } = judged(healthyPicture());

    const proxy = containers.find((each) => each.container === 'kube-proxy');
    expect(proxy).toMatchObject({ limits: {}, pods: 3, qosClasses: ['BestEffort'] });
    expect(proxy?.asShipped).toContain('kubeadm ships kube-proxy without');
  });

  it('has init containers in the inventory', () => {
    const { containers } = judged(healthyPicture());

    const init = containers.filter(({ role }) => role === 'init');
    expect(init.map((each) => each.container)).toEqual(['install-cni-plugin', 'install-cni']);
  });

  it('has static pods of several nodes as one row', () => {
    const etcd = (on: string) =>
      pod({
        name: `etcd-${on}`,
        namespace: 'kube-system',
        node: on,
        workload: { kind: 'Node', name: on },
        containers: [container({ name: 'etcd' })],
      });
    const builder = new ResourcePictureBuilder().pods(etcd('node1'), etcd('node2'));

    expect(judged(builder).containers).toMatchObject([
      { workload: { kind: 'Node', name: 'etcd' }, pods: 2 },
    ]);
  });
});

describe('a container near its memory limit', () => {
  it('is found once for all replicas, with the worst of them', () => {
    const builder = web(200, 100 * MIB).uses(FIRST_WEB, { workingSetBytes: 85 * MIB });

    const report = judged(builder);

    expect(faults(report)).toEqual(['near-memory-limit main']);
    expect(report.containers).toHaveLength(1);
    expect(report.findings[0]).toMatchObject({
      severity: 'warning',
      message: 'It uses 85 % of its memory limit of 100Mi.',
      evidence: ['web-0 on node1: working set 85Mi'],
      next: 'recommend shop/deployment/web',
    });
  });

  it('is not found below the threshold, and is with a lower one', () => {
    const builder = web(1, 100 * MIB).uses(FIRST_WEB, { workingSetBytes: 79 * MIB });

    expect(faults(judged(builder))).toEqual([]);
    expect(faults(judged(builder, 0.7))).toEqual(['near-memory-limit main']);
  });

  it('is critical when it is all but there', () => {
    const builder = web(1, 100 * MIB).uses(FIRST_WEB, { workingSetBytes: 96 * MIB });

    expect(judged(builder).findings[0]?.severity).toBe('critical');
  });

  it('is found where it is not the first of its pod', () => {
    const containers = [
      container({ limits: { memoryBytes: 100 * MIB } }),
      container({ name: 'proxy', role: 'sidecar', limits: { memoryBytes: 10 * MIB } }),
    ];
    const builder = new ResourcePictureBuilder()
      .pods(pod({ name: 'web-0', containers }))
      .uses({ ...FIRST_WEB, container: 'proxy' }, { workingSetBytes: 9 * MIB });

    expect(faults(judged(builder))).toEqual(['near-memory-limit proxy']);
  });

  it('is judged by its own limit when a rollout is half done', () => {
    const limited = (memoryBytes: number) => [container({ limits: { memoryBytes } })];
    const builder = new ResourcePictureBuilder()
      .pods(
        pod({ name: 'web-0', containers: limited(50 * MIB) }),
        pod({ name: 'web-1', containers: limited(500 * MIB) }),
      )
      .allUse('main', { workingSetBytes: 45 * MIB });

    const report = judged(builder);

    expect(report.containers.map(({ pods }) => pods)).toEqual([1, 1]);
    expect(faults(report)).toEqual(['near-memory-limit main']);
  });
});

describe('what was killed', () => {
  it('is found with the limit that it still has', () => {
    const builder = web(2, 64 * MIB).changeContainers('main', (each) => ({
      ...each,
      restartCount: 1,
      lastTerminated: {
        reason: 'OOMKilled',
        exitCode: 137,
        finishedAt: '2026-11-24T11:00:00.000Z',
      },
    }));

    const report = judged(builder);

    expect(faults(report)).toEqual(['killed-at-limit main']);
    expect(report.findings[0]?.evidence[0]).toBe(
      'web-0 on node1: OOMKilled at 2026-11-24T11:00:00.000Z',
    );
  });

  it('is no fault of a limit where there is none', () => {
    const builder = web(1).changeContainers('main', (each) => ({
      ...each,
      lastTerminated: { reason: 'OOMKilled', exitCode: 137 },
    }));

    expect(faults(judged(builder))).toEqual([]);
  });

  it('was not, when it ended for another reason', () => {
    const builder = web(1, 64 * MIB).changeContainers('main', (each) => ({
      ...each,
      lastTerminated: { reason: 'Error', exitCode: 137 },
    }));

    expect(faults(judged(builder))).toEqual([]);
  });
});

describe('a well-known component', () => {
  it.each([
    ['kube-flannel', 50, 'limit-below-minimum kube-flannel'],
    ['coredns', 40, 'limit-below-minimum coredns'],
    ['kube-proxy', 100, 'limit-below-minimum kube-proxy'],
    ['metrics-server', 60, 'limit-below-minimum metrics-server'],
  ])('%s with a limit of %i MiB is found', (name, limit, fault) => {
    const builder = healthyPicture().changeContainers(name, (each) => ({
      ...each,
      limits: { memoryBytes: limit * MIB },
    }));

    expect(faults(judged(builder))).toEqual([fault]);
  });

  it.each([
    ['kube-flannel', 256],
    ['coredns', 128],
    ['kube-proxy', 128],
    ['metrics-server', 200],
  ])('%s with a limit of %i MiB is none', (name, limit) => {
    const builder = healthyPicture().changeContainers(name, (each) => ({
      ...each,
      limits: { memoryBytes: limit * MIB },
    }));

    expect(faults(judged(builder))).toEqual([]);
  });

  it('is told with the figure of the runbook, and why ours is another', () => {
    const { components } = judged(healthyPicture());

    const dns = components.find(({ component }) => component === 'coredns');
    expect(dns).toMatchObject({ verdict: 'enough', runbookBytes: 512 * MIB });
    expect(dns?.disagreement).toContain('100,000 pods and Services');
    const flannel = components.find(({ component }) => component === 'flannel');
    expect(flannel).toMatchObject({ verdict: 'no-limit', runbookBytes: 2048 * MIB });
  });

  it('is not what merely has its image in a pod of its own', () => {
    const image = 'ghcr.io/flannel-io/flannel:v0.28.9';
    const containers = [container({ image, limits: { memoryBytes: 50 * MIB } })];
    const builder = new ResourcePictureBuilder().pods(
      pod({ name: 'debug', workload: { kind: 'Pod', name: 'debug' }, containers }),
    );

    expect(faults(judged(builder))).toEqual([]);
  });
});

describe('the origin of a limit', () => {
  const range = { namespace: 'shop', defaultLimits: { memoryBytes: 64 * MIB } };

  it('is a LimitRange for certain when the pod says so', () => {
    const builder = web(1, 64 * MIB)
      .limitRange(range)
      .changeContainers('main', (each) => ({ ...each, defaulted: ['limits.memory'] }));

    expect(judged(builder).containers[0]?.limitOrigin).toEqual({
      from: 'limit-range',
      certain: true,
      limitRange: 'defaults',
    });
  });

  it('may be a LimitRange when the number is the same', () => {
    const [row] = judged(web(1, 64 * MIB).limitRange(range)).containers;

    expect(row?.limitOrigin).toMatchObject({ from: 'limit-range', certain: false });
  });

  it('is the workload when the number is another', () => {
    const [row] = judged(web(1, 65 * MIB).limitRange(range)).containers;

    expect(row?.limitOrigin).toEqual({ from: 'workload', certain: true });
  });
});

describe('what is worth knowing and no fault', () => {
  it('is use above what was asked for', () => {
    const builder = web(1).changeContainers('main', (each) => ({
      ...each,
      requests: { memoryBytes: 5 * MIB },
    }));

    expect(judged(builder).findings).toMatchObject([
      { kind: 'use-above-request', severity: 'info' },
    ]);
  });

  it('is a quota that is nearly used up', () => {
    const builder = web(1).quota({
      namespace: 'shop',
      hardLimits: { memoryBytes: 1000 * MIB },
      usedLimits: { memoryBytes: 900 * MIB },
    });

    expect(judged(builder).findings).toMatchObject([
      { kind: 'quota-nearly-full', severity: 'info', evidence: ['900Mi of 1000Mi'] },
    ]);
  });

  it('is CPU at its limit, and a fault where the network waits for it', () => {
    const limits = { cpuCores: 0.1 };
    const job = web(1).changeContainers('main', (each) => ({ ...each, limits }));
    const flannel = healthyPicture().changeContainers('kube-flannel', (each) => ({
      ...each,
      limits,
    }));

    expect(faults(judged(job.allUse('main', { cpuCores: 0.1 })))).toEqual([]);
    expect(faults(judged(flannel.allUse('kube-flannel', { cpuCores: 0.1 })))).toEqual([
      'near-cpu-limit kube-flannel',
    ]);
  });
});

describe('what is not known', () => {
  it('is said when nothing was measured, and limits below the need are found all the same', () => {
    const builder = healthyPicture()
      .changeContainers('kube-flannel', (each) => ({
        ...each,
        limits: { memoryBytes: 50 * MIB },
      }))
      .without('usage');

    const report = judged(builder);

    expect(report.unknown).toEqual([
      'Which containers are near their limits is not known. The test withdrew usage.',
    ]);
    expect(faults(report)).toEqual(['limit-below-minimum kube-flannel']);
  });

  it('is said of one node', () => {
    expect(judged(healthyPicture().unmeasured('node3')).unknown).toEqual([
      'Use on node3 is not known. The test did not measure it.',
    ]);
  });

  it('is said of a container with a limit that was not measured, unless it is new', () => {
    const old = web(1, 64 * MIB).pods(
      pod({ name: 'web-1', containers: [container({ limits: { memoryBytes: 64 * MIB } })] }),
    );
    const fresh = web(1, 64 * MIB).pods(
      pod({
        name: 'web-1',
        containers: [
          container({ limits: { memoryBytes: 64 * MIB }, startedAt: '2026-11-24T11:59:00.000Z' }),
        ],
      }),
    );

    expect(judged(old).unknown).toHaveLength(1);
    expect(judged(fresh).unknown).toEqual([]);
  });

  it('is all of it when pods may not be listed', () => {
    const report = judged(healthyPicture().without('pods'));

    expect(report.containers).toEqual([]);
    expect(report.unknown[0]).toContain('The pods could not be listed');
  });
});

it('leaves pods that have ended out', () => {
  const builder = web(1, 64 * MIB).pods(pod({ name: 'done', phase: 'Succeeded' }));

  expect(judged(builder).containers.map(({ pods }) => pods)).toEqual([1]);
});
