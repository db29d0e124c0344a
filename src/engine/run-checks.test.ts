// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import {
  type AnyCheck,
  anyCheck,
  type ClusterCheck,
  type NodeCheck,
} from '#checks/define-check.ts';
import { runChecks } from '#engine/run-checks.ts';
import { PASS, verdictOf } from '#model/finding.ts';
import { absent } from '#model/fact.ts';
import { BUILT_AT, healthyCluster, type SnapshotBuilder } from '../../testkit/snapshot-builder.ts';

const meta = {
  title: 'Something',
  stability: 'stable',
  severity: 'critical',
  messages: { wrong: '{node} is wrong.' },
} as const;

const clusterCheck: ClusterCheck<'coreDns'> = {
  ...meta,
  id: 'dns-odd',
  scope: 'cluster',
  needs: { cluster: ['coreDns'] },
  run: () => PASS,
};

const nodeCheck: NodeCheck<'netConf', 'routes' | 'fdb'> = {
  ...meta,
  id: 'routes-odd',
  scope: 'node',
  needs: { cluster: ['netConf'], node: ['routes', 'fdb'] },
  notApplicable: ({ node }) => (node === 'win1' ? 'It runs Windows.' : undefined),
  run: ({ facts, node, atNode }) =>
    verdictOf(
      facts.routes.length > 2
        ? []
        : [
            {
              messageId: 'wrong',
              data: {},
              breaks: 'none',
              expected: 'routes',
              observed: 'nothing',
              evidence: [atNode('routes', node)],
            },
          ],
    ),
};

describe('runChecks', () => {
  it('runs a cluster check once and a node check per node', () => {
    const snapshot = healthyCluster().build();

    const results = runChecks(snapshot, [anyCheck(clusterCheck), anyCheck(nodeCheck)]);

    expect(results.map(({ check, node, verdict }) => [check.id, node, verdict.verdict])).toEqual([
      ['dns-odd', undefined, 'pass'],
      ['routes-odd', 'node1', 'pass'],
      ['routes-odd', 'node2', 'pass'],
      ['routes-odd', 'node3', 'pass'],
    ]);
  });

  it('makes only the node unknown that could not be read, and says what was missing', () => {
    const snapshot = healthyCluster().withoutKernel('node2').build();

    const results = runChecks(snapshot, [anyCheck(nodeCheck)]);

    expect(results.map(({ verdict }) => verdict)).toEqual([
      PASS,
      {
        verdict: 'unknown',
        reason: 'routes: The test withdrew routes of node2. fdb: The test withdrew fdb of node2.',
      },
      PASS,
    ]);
  });

  it('makes every node unknown when a cluster fact is missing', () => {
    const snapshot = healthyCluster().withoutCluster('netConf').build();

    const results = runChecks(snapshot, [anyCheck(nodeCheck)]);

    expect(results.map(({ node, verdict }) => [node, verdict.verdict])).toEqual([
      ['node1', 'unknown'],
      ['node2', 'unknown'],
      ['node3', 'unknown'],
    ]);
  });

  it('gives one unknown without a node when the nodes themselves could not be listed', () => {
    const snapshot = healthyCluster().withoutCluster('nodes').build();

    const results = runChecks(snapshot, [anyCheck(nodeCheck)]);

    expect(results).toMatchObject([
      { verdict: { verdict: 'unknown', reason: 'nodes: The test withdrew nodes.' } },
    ]);
    expect(results[0]).not.toHaveProperty('node');
  });

  it('asks whether a check applies before it misses the node’s facts', () => {
    const snapshot = healthyCluster({ nodes: 1, windowsNodes: 1 }).build();

    const results = runChecks(snapshot, [anyCheck(nodeCheck)]);

    expect(results[1]?.verdict).toEqual({ verdict: 'skip', reason: 'It runs Windows.' });
  });

  it('says "not collected" of a node without any record', () => {
    const snapshot = healthyCluster({ nodes: 1 }).build();

    const results = runChecks({ ...snapshot, nodes: {} }, [anyCheck(nodeCheck)]);

    expect(results[0]?.verdict).toEqual({
      verdict: 'unknown',
      reason: 'routes: not collected. fdb: not collected.',
    });
  });

  it('ends a detail with one period', () => {
    const built = healthyCluster().build();
    const cluster = { ...built.cluster, coreDns: absent('forbidden', 'No right to list services') };

    const results = runChecks({ ...built, cluster }, [anyCheck(clusterCheck)]);

    expect(results[0]?.verdict).toMatchObject({ reason: 'coreDns: No right to list services.' });
  });

  it('judges only the nodes that were asked for', () => {
    const snapshot = healthyCluster().build();

    const results = runChecks(snapshot, [anyCheck(nodeCheck)], new Set(['node3']));

    expect(results.map(({ node }) => node)).toEqual(['node3']);
  });

  it('points evidence into the node’s own fact', () => {
    const snapshot = healthyCluster({ nodes: 1 })
      .changeKernel('node1', 'routes', () => [])
      .build();

    const results = runChecks(snapshot, [anyCheck(nodeCheck)]);

    expect(results[0]?.verdict).toMatchObject({
      findings: [{ evidence: ['/nodes/node1/routes/value/node1'] }],
    });
  });

  describe('with a check of what flanneld writes at its start', () => {
    const SECONDS_AGO = (seconds: number): string =>
      new Date(Date.parse(BUILT_AT) - seconds * 1000).toISOString();
    const awaiting = (...peers: readonly (string | undefined)[]): AnyCheck =>
      anyCheck<'netConf'>({
        ...meta,
        id: 'entry-odd',
        scope: 'node',
        awaitsFlanneld: true,
        needs: { cluster: ['netConf'], node: [] },
        run: () =>
          verdictOf(
            peers.map((peer) => ({
              messageId: 'wrong',
              data: {},
              breaks: 'pair' as const,
              expected: 'an entry',
              observed: 'nothing',
              evidence: ['/cluster/netConf'],
              ...(peer === undefined ? {} : { peer }),
            })),
          ),
      });
    const joinedBy = (podAge: number): SnapshotBuilder =>
      healthyCluster()
        .changeNode('node3', (node) => ({ ...node, createdAt: SECONDS_AGO(30) }))
        .changeCluster('flannelPods', (pods) =>
          pods.map((pod) =>
            pod.nodeName === 'node3'
              ? { ...pod, createdAt: SECONDS_AGO(podAge), containers: [] }
              : pod,
          ),
        );
    const STARTING = joinedBy(20).changeCluster('flannelPods', (pods) =>
      pods.filter(({ nodeName }) => nodeName !== 'node3'),
    );
    const REASON =
      'node3 joined less than 2 minutes ago, and flanneld has only just started there or is about to.';

    it('skips a node that is just joining, with the reason', () => {
      const results = runChecks(STARTING.build(), [awaiting(undefined)]);

      expect(results.map(({ verdict }) => verdict.verdict)).toEqual(['fail', 'fail', 'skip']);
      expect(results[2]?.verdict).toEqual({ verdict: 'skip', reason: REASON });
    });

    it('does not call a node whole that lacks only what is for a joining peer', () => {
      const results = runChecks(STARTING.build(), [awaiting('node3')]);

      expect(results[0]?.verdict).toEqual({ verdict: 'skip', reason: REASON });
    });

    it('keeps what is said of other peers', () => {
      const results = runChecks(STARTING.build(), [awaiting('node2', 'node3')]);

      const [first] = results;
      expect(first?.verdict).toMatchObject({ verdict: 'fail', findings: [{ peer: 'node2' }] });
    });

    it('gives no time to a Node object that was only made anew', () => {
      const results = runChecks(joinedBy(9_000).build(), [awaiting(undefined)]);

      expect(results.map(({ verdict }) => verdict.verdict)).toEqual(['fail', 'fail', 'fail']);
    });

    it('gives no time for other checks', () => {
      const check = { ...awaiting(undefined), awaitsFlanneld: false };

      const results = runChecks(STARTING.build(), [check]);

      expect(results.map(({ verdict }) => verdict.verdict)).toEqual(['fail', 'fail', 'fail']);
    });
  });
});
