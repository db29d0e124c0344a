// SPDX-License-Identifier: Apache-2.0

import { type ApiRight, apiRight, inNamespace } from '#actuators/define-actuator.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import { createObject } from '#sources/kubernetes/write.ts';

/** The right to leave Events about nodes; mending does without it. */
export const EVENT_RIGHTS: readonly ApiRight[] = [
  inNamespace('default', apiRight('', 'events', 'create')),
];

/** What an Event says. */
export interface MendingEvent {
  readonly node: string;
  /** UID of the Node object; absent when it is not known. */
  readonly nodeUid?: string;
  /** `Mended`, `MendingUndone` …, in UpperCamelCase. */
  readonly reason: string;
  readonly message: string;
}

/** Most characters of an Event's message that the API server takes. */
const MAX_MESSAGE = 1024;

/** Leaves an Event on a node, where `kubectl describe node` shows it for an hour. @throws SourceError */
export async function leaveEvent(
  connection: KubernetesConnection,
  { node, nodeUid, reason, message }: MendingEvent,
  signal: AbortSignal,
): Promise<void> {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const path = '/api/v1/namespaces/default/events';
  await createObject(
    connection,
    { path, operation: 'create events', signal },
    {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { generateName: 'selvage-', namespace: 'default' },
      involvedObject: {
        apiVersion: 'v1',
        kind: 'Node',
        name: node,
        ...(nodeUid !== undefined && { uid: nodeUid }),
      },
      reason,
      message: message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE - 3)}...` : message,
      type: 'Normal',
      source: { component: 'selvage' },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    },
  );
}
