// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { judge } from '#engine/judge.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import type { Report } from '#report/report.ts';
import { exitCodeOf } from '../../src/apps/cli/exit-code.ts';
import { healthyCluster } from '../../testkit/snapshot-builder.ts';

const UNJUDGED = [...['udp', 'ipsec', 'alloc', 'extension', 'tencent-vpc'], 'one-of-tomorrow'];

/** A healthy cluster with a backend that announces no data of its own, and no tunnel of ours. */
function reportOf(backendType: string): Report {
  const snapshot = healthyCluster({ backend: 'host-gw' })
    .changeCluster('netConf', (netConf) => ({ ...netConf, backendType }))
    .changeCluster('nodes', (nodes) =>
      nodes.map((node) => ({
        ...node,
        flannelAnnotations: {
          ...node.flannelAnnotations,
          'flannel.alpha.coreos.com/backend-type': backendType,
        },
      })),
    )
    .build();
  return judge(snapshot, { checks: CHECKS, toolVersion: '0.0.0-test' });
}

describe.each(UNJUDGED)('the backend %s', (backendType) => {
  it('makes no finding, and leaves every pair unknown', () => {
    const { findings, pairs } = reportOf(backendType);

    expect(findings).toEqual([]);
    expect(pairs).toEqual({ checked: 0, broken: 0, unknown: 6 });
  });

  it('is why every check that judges pairs is skipped', () => {
    const judging = CHECKS.filter((check) => 'judgesPairs' in check).map(({ id }) => id);
    const verdicts = reportOf(backendType).verdicts.filter(({ check }) => judging.includes(check));

    expect(verdicts.length).toBe(judging.length * 3);
    expect(new Set(verdicts.map(({ verdict }) => verdict))).toEqual(new Set(['skip']));
    expect(new Set(verdicts.map(({ reason }) => reason))).toEqual(
      new Set([
        `The backend is ${backendType}, not vxlan.`,
        `The backend is ${backendType}, whose routes are not judged.`,
        `The backend is ${backendType}, whose link is not judged.`,
      ]),
    );
  });

  it.each([true, false])('ends with exit code 3, allowing unknown: %s', (allowUnknown) => {
    const policy = { failOn: 'warning', allowUnknown, narrowed: false } as const;

    expect(exitCodeOf(reportOf(backendType), policy)).toBe(3);
  });
});
