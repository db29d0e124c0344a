// SPDX-License-Identifier: Apache-2.0

/** What goes wrong with a request. */
export type Fault =
  /** 429, as API priority and fairness answers. */
  | { kind: 'too-many-requests'; retryAfterSeconds: number }
  /** A 5xx Status. */
  | { kind: 'server-error'; code: 500 | 502 | 503 | 504 }
  /** The connection dies after this many bytes of the body (HTTP) or of output (exec). */
  | { kind: 'cut'; afterBytes: number }
  /** A complete HTTP reply whose JSON ends in the middle. */
  | { kind: 'half-json' }
  /** 410 as the HTTP status of a paged list or a watch. */
  | { kind: 'expired' }
  /** A watch that ends with an ERROR event of code 410 after this many events. */
  | { kind: 'watch-expired'; afterEvents: number }
  /** Nothing ever comes back, on a connection that stays open. */
  | { kind: 'silent' }
  /** An exec whose output and status end in the middle, the close looking orderly. */
  | { kind: 'output-cut'; afterBytes: number }
  /** An exec whose output is this text instead. */
  | { kind: 'garbage'; stdout: string }
  /** The WebSocket upgrade is answered like a proxy that does not know upgrades. */
  | { kind: 'upgrade-refused'; code: number };

/** Which requests a fault hits; absent fields match everything. */
export interface FaultTarget {
  verb?: string;
  /** With its group: `nodes`, `daemonsets.apps`. */
  resource?: string;
  subresource?: string;
  namespace?: string;
  name?: string;
  /** Node of the pod that an exec or log names. */
  node?: string;
}

/** A fault, what it hits, and how often. */
export interface FaultRule {
  fault: Fault;
  on?: FaultTarget;
  /** Requests that it hits before it wears off; absent: all. */
  times?: number;
  /** Matching requests that it lets pass first; absent: 0. */
  skip?: number;
}

/** The misbehaviour of a running simulation; may be changed at any time. */
export class FaultPlan {
  readonly #rules: { rule: FaultRule; seen: number }[] = [];

  constructor(rules: readonly FaultRule[] = []) {
    for (const rule of rules) this.add(rule);
  }

  /** Adds a rule after the others. @returns the function that removes it */
  add(rule: FaultRule): () => void {
    const entry = { rule, seen: 0 };
    this.#rules.push(entry);
    return () => {
      const index = this.#rules.indexOf(entry);
      if (index !== -1) this.#rules.splice(index, 1);
    };
  }

  /** Removes all rules. */
  clear(): void {
    this.#rules.length = 0;
  }

  /** The fault that hits this request, which thereby counts; the first rule that applies wins. */
  take(target: FaultTarget): Fault | undefined {
    for (const entry of this.#rules) {
      const { rule } = entry;
      if (!matches(rule.on ?? {}, target)) continue;
      entry.seen += 1;
      const skip = rule.skip ?? 0;
      if (entry.seen > skip && entry.seen <= skip + (rule.times ?? Infinity)) return rule.fault;
    }
    return undefined;
  }
}

function matches(wanted: FaultTarget, actual: FaultTarget): boolean {
  const fields = ['verb', 'resource', 'subresource', 'namespace', 'name', 'node'] as const;
  return fields.every((field) => wanted[field] === undefined || wanted[field] === actual[field]);
}
