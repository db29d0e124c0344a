// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import type { PlannedFinding, Step } from '#model/plan.ts';

/** Which cluster a change was made in. */
export interface AuditCluster {
  /** UID of the namespace kube-system; absent when it may not be read. */
  readonly uid?: string;
  readonly context: string;
  readonly server: string;
}

/** Written before a step: what is about to be done, by whom, and why. */
export interface IntentRecord {
  readonly v: 1;
  readonly event: 'intent';
  /** Run and number of the step: `20261124T190512Z-4f3a.2`. */
  readonly id: string;
  readonly run: string;
  /** ISO-8601 UTC, our clock. */
  readonly at: string;
  /** The name under which the API server knows the caller, and the user and host that ran Selvage. */
  readonly who: { readonly user: string; readonly from: string };
  readonly cluster: AuditCluster;
  /** Namespace of Flannel's pods at that time. */
  readonly namespace: string;
  readonly remedy: string;
  readonly why: readonly PlannedFinding[];
  readonly step: Step;
  /** What was there, as it was read before the step. */
  readonly before: readonly string[];
  /** Id of the change that this one takes back. */
  readonly undoes?: string;
}

/** How a change ended. `unknown`: the answer never came, and the state could not be read afterwards. */
export type AuditOutcome = 'applied' | 'skipped' | 'failed' | 'unknown';

/** Written after a step. */
export interface OutcomeRecord {
  readonly v: 1;
  readonly event: 'outcome';
  readonly id: string;
  readonly at: string;
  readonly outcome: AuditOutcome;
  /** What is there now. */
  readonly after: readonly string[];
  readonly reason?: string;
  /** The step that takes it back; absent when nothing was changed or nothing can. */
  readonly undo?: Step;
  /** Set by a later run that found a step without its end. */
  readonly resolvedBy?: string;
}

/** What the verification said of a change. */
export type AuditVerdict = 'helped' | 'did-not-help' | 'made-worse' | 'not-known';

/** Written after the verification of the stage that a step belongs to. */
export interface VerdictRecord {
  readonly v: 1;
  readonly event: 'verdict';
  readonly id: string;
  readonly at: string;
  readonly verdict: AuditVerdict;
  readonly detail: string;
}

/** One line of the audit. */
export type AuditRecord = IntentRecord | OutcomeRecord | VerdictRecord;

const texts = z.array(z.string());
const base = { v: z.literal(1), id: z.string(), at: z.string() };
// A step's own fields are judged by its actuator's grammar before anything is done with it.
const step = z.looseObject({
  kind: z.string(),
  object: z.string(),
  title: z.string(),
  node: z.optional(z.string()),
});

const intentSchema = z.object({
  ...base,
  event: z.literal('intent'),
  run: z.string(),
  who: z.object({ user: z.string(), from: z.string() }),
  cluster: z.object({ uid: z.optional(z.string()), context: z.string(), server: z.string() }),
  namespace: z.string(),
  remedy: z.string(),
  why: z.array(z.looseObject({ id: z.string(), check: z.string(), message: z.string() })),
  step,
  before: texts,
  undoes: z.optional(z.string()),
});

const outcomeSchema = z.object({
  ...base,
  event: z.literal('outcome'),
  outcome: z.enum(['applied', 'skipped', 'failed', 'unknown']),
  after: texts,
  reason: z.optional(z.string()),
  undo: z.optional(step),
  resolvedBy: z.optional(z.string()),
});

const verdictSchema = z.object({
  ...base,
  event: z.literal('verdict'),
  verdict: z.enum(['helped', 'did-not-help', 'made-worse', 'not-known']),
  detail: z.string(),
});

const recordSchema = z.discriminatedUnion('event', [intentSchema, outcomeSchema, verdictSchema]);

/** Reads one line; undefined for one that was cut off, damaged, or written by a version that is not known. */
export function parseRecord(line: string): AuditRecord | undefined {
  try {
    const parsed = recordSchema.safeParse(JSON.parse(line));
    return parsed.success ? (parsed.data as AuditRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** Everything that the audit holds of one change. */
export interface AuditEntry {
  readonly intent: IntentRecord;
  /** Absent: the run died between its two lines, and no later run has looked yet. */
  readonly outcome?: OutcomeRecord;
  readonly verdict?: VerdictRecord;
  /** Id of the change that took this one back. */
  readonly undoneBy?: string;
}

/** Puts the lines of each change together, in the order of their beginning; the last word about a change counts. */
export function entriesOf(records: readonly AuditRecord[]): readonly AuditEntry[] {
  const intents = new Map<string, IntentRecord>();
  const outcomes = new Map<string, OutcomeRecord>();
  const verdicts = new Map<string, VerdictRecord>();
  for (const record of records) {
    if (record.event === 'intent') intents.set(record.id, record);
    else if (record.event === 'outcome') outcomes.set(record.id, record);
    else verdicts.set(record.id, record);
  }
  const undone = new Map<string, string>();
  for (const { id, undoes } of intents.values()) {
    if (undoes !== undefined && outcomes.get(id)?.outcome === 'applied') undone.set(undoes, id);
  }
  return [...intents.values()].map((intent) => {
    const [outcome, verdict] = [outcomes.get(intent.id), verdicts.get(intent.id)];
    const undoneBy = undone.get(intent.id);
    return {
      intent,
      ...(outcome !== undefined && { outcome }),
      ...(verdict !== undefined && { verdict }),
      ...(undoneBy !== undefined && { undoneBy }),
    };
  });
}
