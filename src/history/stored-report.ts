// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import type { Report, ReportCluster, ReportFinding, ReportVerdict } from '#report/report.ts';

/** What is kept of a report: what it came to, and its findings without the places in a snapshot that is gone. */
export interface StoredReport {
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  /** Only some checks or nodes were asked for. */
  readonly narrowed: boolean;
  readonly toolVersion: string;
  readonly cluster: Pick<ReportCluster, 'version' | 'flannel'>;
  readonly nodes: readonly { readonly name: string; readonly ready: boolean }[];
  readonly pairs: Report['pairs'];
  readonly verdicts: Readonly<Record<ReportVerdict['verdict'], number>>;
  /** Gravest first. */
  readonly findings: readonly StoredFinding[];
  /** Findings that were too many to keep. */
  readonly moreFindings: number;
}

/** A finding without the places of its evidence. */
export type StoredFinding = Omit<ReportFinding, 'evidence'>;

/** What is the same from run to run while nothing changes. */
export type ReportBody = Omit<StoredReport, 'startedAtMs' | 'finishedAtMs' | 'narrowed'>;

const MAX_FINDINGS = 1000;

/** What of a report is kept. */
export function bodyOf({ tool, cluster, nodes, pairs, verdicts, findings }: Report): ReportBody {
  const { version, flannel } = cluster;
  const counts = { pass: 0, fail: 0, skip: 0, unknown: 0 };
  for (const { verdict } of verdicts) counts[verdict] += 1;
  return {
    toolVersion: tool.version,
    cluster: { ...(version !== undefined && { version }), ...(flannel && { flannel }) },
    nodes: nodes.map(({ name, ready }) => ({ name, ready })),
    pairs,
    verdicts: counts,
    findings: findings.slice(0, MAX_FINDINGS).map(withoutEvidence),
    moreFindings: Math.max(0, findings.length - MAX_FINDINGS),
  };
}

/** How grave a report is, to choose the one to keep of an hour or a day: by critical findings, then warnings. */
export function gravityOf({ findings }: Report): number {
  const count = (severity: ReportFinding['severity']): number =>
    Math.min(999, findings.filter((finding) => finding.severity === severity).length);
  return count('critical') * 1000 + count('warning');
}

function withoutEvidence({ evidence: _, ...finding }: ReportFinding): StoredFinding {
  return finding;
}

const count = z.number();
const text = z.string();
const optionalText = z.optional(text);
const bodySchema = z.object({
  toolVersion: text,
  cluster: z.object({
    version: optionalText,
    flannel: z.optional(
      z.object({
        kind: z.enum(['daemonset', 'embedded']),
        namespace: optionalText,
        name: optionalText,
        version: optionalText,
        backend: optionalText,
      }),
    ),
  }),
  nodes: z.array(z.object({ name: text, ready: z.boolean() })),
  pairs: z.object({ checked: count, broken: count, unknown: count }),
  verdicts: z.object({ pass: count, fail: count, skip: count, unknown: count }),
  findings: z.array(
    z.object({
      id: text,
      check: text,
      title: text,
      severity: z.enum(['critical', 'warning', 'info']),
      node: optionalText,
      peer: optionalText,
      object: optionalText,
      message: text,
      expected: text,
      observed: text,
      breaks: z.enum(['none', 'pair', 'node']),
      stability: z.enum(['stable', 'preview']),
      suppressed: z.optional(z.object({ reason: text, expires: text })),
    }),
  ),
  moreFindings: count,
});

/** Reads what {@link bodyOf} made; undefined for what it did not make. */
export function parseBody(json: string): ReportBody | undefined {
  try {
    const parsed = bodySchema.safeParse(JSON.parse(json));
    // A key that is absent stays absent: JSON knows no undefined.
    return parsed.success ? (parsed.data as ReportBody) : undefined;
  } catch {
    return undefined;
  }
}
