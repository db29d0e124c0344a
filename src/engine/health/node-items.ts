// SPDX-License-Identifier: Apache-2.0

import type { HealthFacts } from '#engine/health/health-facts.ts';
import { joinedNodes } from '#engine/joined-nodes.ts';
import { countText } from '#expected/short-text.ts';
import type { Condition, NodeObject } from '#model/cluster.ts';
import type { NodeFactRecord } from '#model/snapshot.ts';
import type { HealthItem } from '#report/health-report.ts';

const PRESSURE = /^(?:Memory|Disk|PID)Pressure$/;

/** Whether all nodes are Ready and have room. */
export function nodesItem({ snapshot: { cluster } }: HealthFacts): HealthItem {
  const base = { id: 'nodes', title: 'Nodes' } as const;
  const { nodes } = cluster;
  if (nodes.state === 'absent') {
    return {
      ...base,
      state: 'unknown',
      summary: 'the nodes could not be read',
      lines: [nodes.detail],
    };
  }
  const all = nodes.value;
  const notReady = all.filter((node) => readyOf(node)?.status !== 'True');
  const pressed = all.filter(({ conditions }) => conditions.some(isPressure));
  const cordoned = all.filter(({ unschedulable }) => unschedulable);
  const lines = [
    ...notReady.map((node) => conditionText(node.name, 'not Ready', readyOf(node))),
    ...pressed.flatMap(({ name, conditions }) =>
      conditions
        .filter(isPressure)
        .map((condition) => conditionText(name, condition.type, condition)),
    ),
    ...cordoned.map(({ name }) => `${name}: cordoned, takes no new pods`),
  ];
  const parts = [
    countText(all.length, 'node'),
    ...(notReady.length === 0 ? ['all Ready'] : [`${String(notReady.length)} not Ready`]),
    ...(pressed.length === 0 ? [] : [`${String(pressed.length)} under pressure`]),
    ...(cordoned.length === 0 ? [] : [`${String(cordoned.length)} cordoned`]),
  ];
  const state =
    notReady.length > 0
      ? 'critical'
      : pressed.length > 0
        ? 'warning'
        : cordoned.length > 0
          ? 'note'
          : 'well';
  return { ...base, state, summary: parts.join(', '), lines };
}

function readyOf({ conditions }: NodeObject): Condition | undefined {
  return conditions.find(({ type }) => type === 'Ready');
}

function isPressure({ type, status }: Condition): boolean {
  return PRESSURE.test(type) && status === 'True';
}

function conditionText(name: string, what: string, condition: Condition | undefined): string {
  const { lastTransitionAt: at, message } = condition ?? {};
  const since = at === undefined ? '' : ` since ${at}`;
  return `${name}: ${what}${since}${message === undefined || message === '' ? '' : `: ${message}`}`;
}

/** When each node and its flannel started: what a restart was to bring. */
export function startsItem({ snapshot }: HealthFacts): HealthItem {
  const base = { id: 'starts', title: 'Starts' } as const;
  const { flannelPods } = snapshot.cluster;
  const objects = joinedNodes(snapshot.cluster);
  const pods = flannelPods.state === 'observed' ? flannelPods.value : [];
  const startOf = (name: string): string | undefined =>
    pods
      .filter(({ nodeName }) => nodeName === name)
      .flatMap(({ containers }) => containers.flatMap(({ startedAt }) => startedAt ?? []))
      .sort()
      .at(-1);
  const shared = sharedKernels(snapshot.nodes);
  const lines = objects.map(({ name }) => {
    const boot = snapshot.nodes[name]?.boot;
    const isShared = boot?.state === 'observed' && shared.has(boot.value.bootId);
    const kernel =
      boot?.state === 'observed'
        ? `${isShared ? "its machine's kernel" : 'kernel'} started ${boot.value.bootedAt}`
        : `start of the kernel not known${boot === undefined ? '' : ` (${boot.detail})`}`;
    const flannel = startOf(name);
    return `${name}: ${kernel}, flannel ${flannel ?? 'not known'}`;
  });
  const unknown = objects.filter(({ name }) => snapshot.nodes[name]?.boot.state !== 'observed');
  if (objects.length === 0) {
    return { ...base, state: 'unknown', summary: 'no Linux node is known', lines };
  }
  return unknown.length === 0
    ? {
        ...base,
        state: 'well',
        summary: `the start of ${countText(objects.length, 'node')} is known`,
        lines,
      }
    : {
        ...base,
        state: 'unknown',
        summary: `the start of ${countText(unknown.length, 'node')} is not known`,
        lines,
      };
}

/** Boot ids that more than one node has. */
function sharedKernels(nodes: Readonly<Record<string, NodeFactRecord>>): ReadonlySet<string> {
  const ids = Object.values(nodes).flatMap(({ boot }) =>
    boot.state === 'observed' ? [boot.value.bootId] : [],
  );
  return new Set(ids.filter((id, index) => ids.indexOf(id) !== index));
}
