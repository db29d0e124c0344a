// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { type AnyCheck, anyCheck, type NodeCheck } from '#checks/define-check.ts';
import { check as routeMissing } from '#checks/route-missing/check.ts';
import { judge } from '#engine/judge.ts';
import type { Breakage, Finding, Severity } from '#model/finding.ts';
import { skip, verdictOf } from '#model/finding.ts';
import type { Report } from '#report/report.ts';
import { healthyCluster, type SnapshotBuilder } from '../../testkit/snapshot-builder.ts';

interface Fault {
  readonly node: string;
  readonly peer?: string;
  readonly breaks: Breakage;
  readonly severity?: Severity;
}

/** A check that reports the given faults, and judges pairs from the routes it reads. */
function faulty(faults: readonly Fault[], fields: Partial<AnyCheck> = {}): AnyCheck {
  const check: NodeCheck<'nodes', 'routes'> = {
    id: 'thing-wrong',
    title: 'Thing is wrong',
    scope: 'node',
    stability: 'stable',
    severity: 'critical',
    messages: { wrong: '{node} is wrong about {what}.' },
    needs: { cluster: ['nodes'], node: ['routes'] },
    judgesPairs: ['vxlan'],
    run: ({ node, atNode, facts }) =>
      facts.routes.length === 0
        ? skip('No routes.')
        : verdictOf(
            faults
              .filter((fault) => fault.node === node)
              .map(({ peer, breaks, severity }): Finding => ({
                messageId: 'wrong',
                data: { what: 'a thing' },
                breaks,
                ...(peer === undefined ? {} : { peer, object: `route to ${peer}` }),
                ...(severity === undefined ? {} : { severity }),
                expected: 'a thing',
                observed: 'nothing',
                evidence: [atNode('routes')],
              })),
          ),
  };
  return { ...anyCheck(check), ...fields } as AnyCheck;
}

function report(
  builder: SnapshotBuilder,
  checks: readonly AnyCheck[],
  nodes?: readonly string[],
): Report {
  return judge(builder.build(), {
    checks,
    toolVersion: '1.2.3',
    ...(nodes === undefined ? {} : { nodes }),
  });
}

describe('pairs', () => {
  it('are all checked and whole on a healthy cluster', () => {
    const { pairs } = report(healthyCluster({ nodes: 4 }), [faulty([])]);

    expect(pairs).toEqual({ checked: 12, broken: 0, unknown: 0 });
  });

  it('count the one that a finding names', () => {
    const { pairs } = report(healthyCluster(), [
      faulty([{ node: 'node2', peer: 'node3', breaks: 'pair' }]),
    ]);

    expect(pairs).toEqual({ checked: 6, broken: 1, unknown: 0 });
  });

  it('count a pair once, however many findings break it', () => {
    const { pairs } = report(healthyCluster(), [
      faulty([
        { node: 'node2', peer: 'node3', breaks: 'pair' },
        { node: 'node2', peer: 'node3', breaks: 'pair' },
        { node: 'node3', breaks: 'node' },
      ]),
    ]);

    expect(pairs).toEqual({ checked: 6, broken: 4, unknown: 0 });
  });

  it('count every pair from and to a node that is broken as a whole', () => {
    const { pairs } = report(healthyCluster(), [faulty([{ node: 'node2', breaks: 'node' }])]);

    expect(pairs).toEqual({ checked: 6, broken: 4, unknown: 0 });
  });

  it('are unknown from a node that could not be read', () => {
    const { pairs } = report(healthyCluster().withoutKernel('node3'), [faulty([])]);

    expect(pairs).toEqual({ checked: 4, broken: 0, unknown: 2 });
  });

  it('are broken, not unknown, towards a broken node from one that could not be read', () => {
    const { pairs } = report(healthyCluster().withoutKernel('node3'), [
      faulty([{ node: 'node2', breaks: 'node' }]),
    ]);

    expect(pairs).toEqual({ checked: 5, broken: 4, unknown: 1 });
  });

  it('are unknown where the check that judges them did not apply', () => {
    const { pairs } = report(
      healthyCluster().changeKernel('node1', 'routes', () => []),
      [faulty([])],
    );

    expect(pairs).toEqual({ checked: 4, broken: 0, unknown: 2 });
  });

  it.each([
    ['udp', 0, 6],
    ['wireguard', 0, 6],
    ['host-gw', 6, 0],
  ])(
    'rest on the checks for the backend: with %s %i are checked',
    (backendType, checked, unknown) => {
      const tunnelOnly = faulty([], { id: 'tunnel-wrong' });
      const builder = healthyCluster().changeNetConf((netConf) => ({
        ...netConf,
        backendType,
      }));
      const both = faulty([], { judgesPairs: ['vxlan', 'host-gw'] });

      const { pairs } = report(builder, [tunnelOnly, both]);

      expect(pairs).toEqual({ checked, broken: 0, unknown });
    },
  );

  it('are not made unknown by a check that is for another backend', () => {
    const skipping: AnyCheck = {
      ...faulty([], { id: 'tunnel-wrong' }),
      run: () => skip('There is no tunnel.'),
    };
    const routing = faulty([], { judgesPairs: ['vxlan', 'host-gw'] });

    const hostGw = report(healthyCluster({ backend: 'host-gw' }), [skipping, routing]);
    const vxlan = report(healthyCluster(), [skipping, routing]);

    expect(hostGw.pairs).toEqual({ checked: 6, broken: 0, unknown: 0 });
    expect(vxlan.pairs).toEqual({ checked: 0, broken: 0, unknown: 6 });
  });

  it('are unknown while the backend is', () => {
    const { pairs } = report(healthyCluster().withoutCluster('netConf'), [anyCheck(routeMissing)]);

    expect(pairs).toEqual({ checked: 0, broken: 0, unknown: 6 });
  });

  it('leave Windows nodes out', () => {
    const { pairs } = report(healthyCluster({ windowsNodes: 2 }), [faulty([])]);

    expect(pairs).toEqual({ checked: 6, broken: 0, unknown: 0 });
  });

  it('start only at the nodes that were asked for', () => {
    const { pairs } = report(healthyCluster(), [faulty([])], ['node1']);

    expect(pairs).toEqual({ checked: 2, broken: 0, unknown: 0 });
  });

  it('do not count when no check judges them, or no node could be listed', () => {
    const none = { checked: 0, broken: 0, unknown: 0 };
    const { judgesPairs, ...other } = faulty([]) as NodeCheck<never>;

    expect(judgesPairs).toEqual(['vxlan']);
    expect(report(healthyCluster(), [other]).pairs).toEqual(none);
    expect(report(healthyCluster().withoutCluster('nodes'), [faulty([])]).pairs).toEqual(none);
  });
});

describe('findings', () => {
  it('come gravest first, then by node and peer, with the check’s words', () => {
    const { findings } = report(healthyCluster(), [
      faulty([
        { node: 'node3', breaks: 'none', severity: 'info' },
        { node: 'node3', peer: 'node2', breaks: 'pair' },
        { node: 'node3', peer: 'node1', breaks: 'pair' },
        { node: 'node1', breaks: 'none', severity: 'warning' },
      ]),
    ]);

    expect(findings.map(({ id, severity }) => [id, severity])).toEqual([
      ['thing-wrong:node3:node1:route to node1', 'critical'],
      ['thing-wrong:node3:node2:route to node2', 'critical'],
      ['thing-wrong:node1', 'warning'],
      ['thing-wrong:node3', 'info'],
    ]);
    expect(findings[0]).toEqual({
      id: 'thing-wrong:node3:node1:route to node1',
      check: 'thing-wrong',
      title: 'Thing is wrong',
      severity: 'critical',
      node: 'node3',
      peer: 'node1',
      object: 'route to node1',
      message: 'node3 is wrong about a thing.',
      expected: 'a thing',
      observed: 'nothing',
      breaks: 'pair',
      evidence: ['/nodes/node3/routes/value'],
      stability: 'stable',
    });
  });
});

describe('verdicts', () => {
  it('carry the reason of a skip and of an unknown', () => {
    const { verdicts } = report(
      healthyCluster()
        .changeKernel('node1', 'routes', () => [])
        .withoutKernel('node2', 'routes'),
      [faulty([])],
    );

    expect(verdicts).toEqual([
      { check: 'thing-wrong', subject: 'node/node1', verdict: 'skip', reason: 'No routes.' },
      {
        check: 'thing-wrong',
        subject: 'node/node2',
        verdict: 'unknown',
        reason: 'routes: The test withdrew routes of node2.',
      },
      { check: 'thing-wrong', subject: 'node/node3', verdict: 'pass' },
    ]);
  });
});

describe('the report’s head', () => {
  it('names the cluster, the tool and how each node was read', () => {
    const { schemaVersion, tool, cluster, nodes } = report(healthyCluster({ nodes: 1 }), []);

    expect({ schemaVersion, tool, cluster, nodes }).toEqual({
      schemaVersion: 1,
      tool: { name: 'selvage', version: '1.2.3' },
      cluster: {
        uid: '6b1f0f6e-0000-4000-8000-000000000001',
        version: 'v1.34.4',
        context: 'test',
        server: '192.0.2.1:6443',
        flannel: {
          kind: 'daemonset',
          namespace: 'kube-flannel',
          name: 'kube-flannel-ds',
          version: 'v0.28.9',
          backend: 'vxlan',
        },
      },
      nodes: [
        {
          name: 'node1',
          ready: true,
          podCIDRs: ['10.244.1.0/24'],
          internalIPs: ['192.0.2.1'],
          os: 'linux',
          controlPlane: true,
          readBy: 'exec kube-flannel/kube-flannel-ds-node1',
          unread: [],
        },
      ],
    });
  });

  it('leaves out what could not be read, and says why of nodes', () => {
    const builder = healthyCluster({ nodes: 1 })
      .withoutKernel('node1')
      .withoutCluster('identity')
      .withoutCluster('flannel')
      .withoutCluster('netConf');

    const { cluster, nodes } = report(builder, []);

    expect(cluster).toEqual({ context: '', server: '' });
    expect(nodes[0]).not.toHaveProperty('readBy');
    expect(nodes[0]?.unread).toContain('The test withdrew links of node1.');
  });

  it('names flannel inside another process without a DaemonSet', () => {
    const builder = healthyCluster({ nodes: 1 })
      .changeCluster('flannel', ({ annotationPrefix }) => ({ kind: 'embedded', annotationPrefix }))
      .changeCluster('identity', ({ uid, ...identity }) => {
        expect(uid).toBeDefined();
        return identity;
      });

    const { cluster } = report(builder, []);

    expect(cluster.flannel).toEqual({ kind: 'embedded', backend: 'vxlan' });
    expect(cluster).not.toHaveProperty('uid');
  });

  it('lists no node when the nodes could not be listed', () => {
    expect(report(healthyCluster().withoutCluster('nodes'), []).nodes).toEqual([]);
  });
});
