// SPDX-License-Identifier: Apache-2.0

import type { Report, ReportFinding, ReportNode, ReportVerdict } from '#report/report.ts';

/** The fields of a node that a test cares about; the rest is that of a healthy Linux node. */
export function reportNode(node: Partial<ReportNode> & Pick<ReportNode, 'name'>): ReportNode {
  return {
    ready: true,
    podCIDRs: ['10.244.0.0/24'],
    internalIPs: ['192.168.1.10'],
    os: 'linux',
    controlPlane: false,
    readBy: `exec kube-flannel/kube-flannel-ds-${node.name}`,
    unread: [],
    ...node,
  };
}

/** A critical finding of `route-missing` on `node`, towards `peer`, with the given fields changed. */
export function reportFinding(finding: Partial<ReportFinding> = {}): ReportFinding {
  return { ...nodeFinding(finding), peer: finding.peer ?? 'mac-mini-1' };
}

/** Like `reportFinding`, without a peer: a fault of the node itself. */
export function nodeFinding(finding: Partial<ReportFinding> = {}): ReportFinding {
  const node = finding.node ?? 'mac-mini-2';
  const peer = finding.peer ?? 'mac-mini-1';
  return {
    id: `route-missing:${node}:${peer}`,
    check: 'route-missing',
    title: 'Route to a peer missing',
    severity: 'critical',
    node,
    object: 'route 10.244.3.0/24',
    message: `Node ${node} has no route to the pods of ${peer}.`,
    expected: '10.244.3.0/24 via 10.244.3.0 dev flannel.1 onlink',
    observed: 'nothing',
    breaks: 'pair',
    evidence: [`/nodes/${node}/routes/value`],
    stability: 'stable',
    ...finding,
  };
}

/** What a report builder takes: names of nodes instead of nodes, pairs and verdicts from the findings. */
export interface ReportParts {
  readonly nodes?: readonly (string | ReportNode)[];
  readonly findings?: readonly ReportFinding[];
  readonly verdicts?: readonly ReportVerdict[];
  readonly pairs?: Report['pairs'];
  readonly cluster?: Partial<Report['cluster']>;
  readonly suppressions?: Report['suppressions'];
}

/** A report of a healthy cluster of mac-mini-1, -2 and -3, changed by `parts`. */
export function buildReport(parts: ReportParts = {}): Report {
  const nodes = (parts.nodes ?? ['mac-mini-1', 'mac-mini-2', 'mac-mini-3']).map((node) =>
    typeof node === 'string' ? reportNode({ name: node }) : node,
  );
  const findings = parts.findings ?? [];
  return {
    schemaVersion: 1,
    tool: { name: 'selvage', version: '0.1.0' },
    cluster: {
      uid: 'd6a3c1b0-0000-4000-8000-000000000000',
      version: 'v1.34.0',
      context: 'mac-mini',
      server: '127.0.0.1:6443',
      flannel: {
        kind: 'daemonset',
        namespace: 'kube-system',
        name: 'kube-flannel',
        version: 'v0.28.9',
        backend: 'vxlan',
      },
      ...parts.cluster,
    },
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:00:00.400Z',
    nodes,
    pairs: parts.pairs ?? {
      checked: nodes.length * (nodes.length - 1),
      broken: findings.filter(({ breaks }) => breaks === 'pair').length,
      unknown: 0,
    },
    verdicts: parts.verdicts ?? nodes.map((node) => verdictOf(node, findings)),
    findings,
    ...(parts.suppressions && { suppressions: parts.suppressions }),
  };
}

function verdictOf({ name }: ReportNode, findings: readonly ReportFinding[]): ReportVerdict {
  const isFaulty = findings.some(({ node }) => node === name);
  return {
    check: 'route-missing',
    subject: `node/${name}`,
    verdict: isFaulty ? 'fail' : 'pass',
  };
}
