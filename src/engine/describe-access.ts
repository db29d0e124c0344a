// SPDX-License-Identifier: Apache-2.0

import type { AnyCheck } from '#checks/define-check.ts';
import { describeNodes } from '#engine/describe.ts';
import { DERIVED_FROM } from '#engine/judged-facts.ts';
import { runChecks } from '#engine/run-checks.ts';
import type { AccessRight } from '#model/access.ts';
import { definedFields } from '#model/defined-fields.ts';
import type { Snapshot } from '#model/snapshot.ts';
import {
  ACCESS_SCHEMA_VERSION,
  type AccessReport,
  type NodeWays,
  type ReportedRight,
  type TriedWay,
} from '#report/access-report.ts';
import type { ReportNode } from '#report/report.ts';

/** What somebody who asks for another way has to know: it would need rights that reading never asks for. */
const NOT_OFFERED: AccessReport['notOffered'] = [
  {
    way: 'debug-pod',
    needs:
      "A pod on the host's network for nodes that no flannel pod runs on. It would take create, get and delete on pods, and this version creates nothing.",
  },
];

/** What a snapshot says about access: how each node was read, and which rights that took. Pure. */
export function describeAccess(snapshot: Snapshot, checks: readonly AnyCheck[]): AccessReport {
  const { identity, access } = snapshot.cluster;
  const unknown = unknownChecks(snapshot, checks);
  return {
    schemaVersion: ACCESS_SCHEMA_VERSION,
    cluster: {
      context: identity.state === 'observed' ? identity.value.context : '',
      server: identity.state === 'observed' ? identity.value.server : '',
    },
    nodes: nodeWays(snapshot),
    notOffered: NOT_OFFERED,
    rights:
      access.state === 'observed'
        ? access.value.rights.map((right) => describeRight(right, unknown))
        : [],
    ...(access.state === 'absent' && { notAsked: access.detail }),
  };
}

/** The checks without a judgement for some subject. */
function unknownChecks(snapshot: Snapshot, checks: readonly AnyCheck[]): readonly AnyCheck[] {
  const results = runChecks(snapshot, checks);
  const unknown = results.filter(({ verdict }) => verdict.verdict === 'unknown');
  return [...new Set(unknown.map(({ check }) => check))];
}

function describeRight(right: AccessRight, unknown: readonly AnyCheck[]): ReportedRight {
  const costs = unknown.filter((check) => right.lost.some((fact) => needsFact(check, fact)));
  return { ...right, unknownChecks: costs.map(({ id }) => id) };
}

function needsFact(check: AnyCheck, fact: string): boolean {
  const named: readonly string[] = check.needs.cluster;
  const cluster = named.flatMap((name) => DERIVED_FROM[name] ?? [name]);
  if (check.scope === 'cluster') return cluster.includes(fact);
  const node: readonly string[] = check.needs.node;
  return fact === 'nodes' || cluster.includes(fact) || node.includes(fact);
}

function nodeWays(snapshot: Snapshot): readonly NodeWays[] {
  const known = describeNodes(snapshot);
  if (known.length > 0) return known.map((node) => ({ name: node.name, ways: [execWay(node)] }));
  return Object.entries(snapshot.nodes).map(([name, record]) => {
    const facts = Object.values(record);
    const readBy = facts.find((fact) => fact.state === 'observed' && fact.origin !== undefined);
    const unread = facts.flatMap((fact) => (fact.state === 'absent' ? [fact.detail] : []));
    const through = readBy?.state === 'observed' ? readBy.origin : undefined;
    return { name, ways: [triedWay(through, [...new Set(unread)])] };
  });
}

function execWay({ os, readBy, unread }: ReportNode): TriedWay {
  if (os === 'windows') return { way: 'exec', state: 'does-not-apply', reasons: unread };
  return triedWay(readBy, unread);
}

function triedWay(through: string | undefined, reasons: readonly string[]): TriedWay {
  return definedFields({
    way: 'exec',
    state: through === undefined ? ('fails' as const) : ('works' as const),
    through,
    reasons,
  });
}
