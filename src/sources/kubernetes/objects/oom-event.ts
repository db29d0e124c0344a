// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import type { GonePod, OomEvent } from '#model/oom.ts';
import { count, defined, sentence, text } from '#sources/kubernetes/objects/fields.ts';
import { nonEmpty, plainText } from '#sources/plain-text.ts';

const object = z.catch(z.object({ kind: text, name: text, uid: text }), () => ({
  kind: undefined,
  name: undefined,
  uid: undefined,
}));

const source = z.catch(z.object({ host: text }), () => ({ host: undefined }));

const schema = z.object({
  involvedObject: object,
  reason: text,
  message: sentence,
  count,
  lastTimestamp: z.catch(z.nullish(z.string()), undefined),
  eventTime: z.catch(z.nullish(z.string()), undefined),
  firstTimestamp: z.catch(z.nullish(z.string()), undefined),
});

/**
 * `System OOM encountered, victim process: stress, pid: 4242` (kubernetes@v1.34.4:pkg/kubelet/oom/oom_watcher_linux.go)
 * and what node-problem-detector copies of the kernel's line
 * (node-problem-detector@v0.8.20:config/kernel-monitor.json).
 */
const VICTIMS: readonly RegExp[] = [
  /victim process: (?<process>.{1,80}), pid: (?<pid>\d{1,10})$/,
  /Kill(?:ed)? process (?<pid>\d{1,10}),?(?: UID \d{1,10},)? \((?<process>.{1,80}?)\)(?=,? |$)/,
];

/** Reduces an Event of a kill for memory; undefined when it is about no node. */
export function projectOomEvent(item: unknown): OomEvent | undefined {
  const result = schema.safeParse(item);
  if (!result.success) return undefined;
  const { involvedObject, reason, message = '', ...raw } = result.data;
  const { kind, name } = involvedObject;
  if (kind !== 'Node' || name === undefined || reason === undefined) return undefined;
  return defined({
    reason,
    node: name,
    at: raw.lastTimestamp ?? raw.eventTime ?? raw.firstTimestamp ?? undefined,
    count: Math.max(1, raw.count ?? 1),
    message,
    ...victimOf(message),
  });
}

function victimOf(message: string): Pick<OomEvent, 'process' | 'pid'> {
  const found = VICTIMS.map((pattern) => pattern.exec(message)?.groups).find(
    (groups) => groups !== undefined,
  );
  const { process, pid } = found ?? {};
  if (process === undefined || pid === undefined) return {};
  return { process: plainText(process, 64), pid: Number(pid) };
}

/** The pod that an Event is about; undefined when it is about something else. */
export function projectEventPod(item: unknown): GonePod | undefined {
  const result = z.object({ involvedObject: object, source }).safeParse(item);
  if (!result.success) return undefined;
  const { kind, name, uid } = result.data.involvedObject;
  if (kind !== 'Pod' || name === undefined || uid === undefined) return undefined;
  return defined({ uid, name, node: nonEmpty(result.data.source.host) });
}
