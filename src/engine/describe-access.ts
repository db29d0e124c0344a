// SPDX-License-Identifier: Apache-2.0

import type { AnyCheck } from '#checks/define-check.ts';
import { describeNodes } from '#engine/describe.ts';
import { DERIVED_FROM } from '#engine/judged-facts.ts';
import { runChecks } from '#engine/run-checks.ts';
import type { AccessRight, TriedNodeWay } from '#model/access.ts';
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

/** All ways that there are have their place below each node. */
const NOT_OFFERED: AccessReport['notOffered'] = [];

/** Why a way that makes something was not tried. */
const NOT_ALLOWED =
  'Not tried: it makes a short-lived pod on the node, which takes --allow-debug-pods and rights of its own.';

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
  const { access } = snapshot.cluster;
  const tried = access.state === 'observed' ? access.value.ways : undefined;
  const known = describeNodes(snapshot);
  const nodes =
    known.length > 0
      ? known
      : Object.entries(snapshot.nodes).map(([name, record]) => nodeOf(name, record));
  return nodes.map((node) => ({ name: node.name, ways: waysOf(node, tried?.[node.name]) }));
}

type ReadNode = Pick<ReportNode, 'name' | 'os' | 'readBy' | 'unread'>;

/** A node of which there is no object: the pods of flannel named it. */
function nodeOf(name: string, record: Snapshot['nodes'][string]): ReadNode {
  const facts = Object.values(record);
  const readBy = facts.find((fact) => fact.state === 'observed' && fact.origin !== undefined);
  const unread = facts.flatMap((fact) => (fact.state === 'absent' ? [fact.detail] : []));
  return definedFields({
    name,
    os: 'linux',
    readBy: readBy?.state === 'observed' ? readBy.origin : undefined,
    unread: [...new Set(unread)],
  });
}

function waysOf(node: ReadNode, tried: readonly TriedNodeWay[] = []): readonly TriedWay[] {
  const { os, readBy, unread } = node;
  if (os === 'windows') return [{ way: 'exec', state: 'does-not-apply', reasons: unread }];
  const last = tried.findLastIndex(({ through }) => through !== undefined);
  const outcomes = tried.map(({ way, through, reason }, index) =>
    // What is missing in the end is told of the way that was used last.
    triedWay(way, through, index === last ? unread : [reason ?? ''].filter((text) => text !== '')),
  );
  const exec = outcomes.length > 0 ? outcomes : [triedWay('exec', readBy, unread)];
  if (exec.some(({ way }) => way === 'debug-pod')) return exec;
  const isWanted = exec.every(({ state }) => state === 'fails');
  return isWanted
    ? [...exec, { way: 'debug-pod', state: 'not-tried', reasons: [NOT_ALLOWED] }]
    : exec;
}

function triedWay(way: string, through: string | undefined, reasons: readonly string[]): TriedWay {
  return definedFields({
    way,
    state: through === undefined ? ('fails' as const) : ('works' as const),
    through,
    reasons,
  });
}
