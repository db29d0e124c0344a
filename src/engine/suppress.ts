// SPDX-License-Identifier: Apache-2.0

import type { Suppression } from '#model/suppression.ts';
import type { Report, ReportFinding, ReportSuppression } from '#report/report.ts';

/**
 * Marks the findings that are suppressed. They stay in the report, and so do verdicts and pairs: a suppression says
 * that somebody knows, not that it is well. The first suppression that holds and matches is the one that is named.
 *
 * Whether one has expired is seen by the end of reading (`finishedAt`), so that the same snapshot gives the same
 * report on any day.
 */
export function suppress(report: Report, suppressions: readonly Suppression[]): Report {
  const today = report.finishedAt.slice(0, 'YYYY-MM-DD'.length);
  const holding = suppressions.filter(({ expires }) => expires >= today);
  return {
    ...report,
    findings: report.findings.map((finding) => {
      const by = holding.find((suppression) => matches(suppression, finding));
      return by === undefined
        ? finding
        : { ...finding, suppressed: { reason: by.reason, expires: by.expires } };
    }),
    suppressions: suppressions.map((suppression) => ({
      ...suppression,
      ...fateOf(suppression, report, today),
    })),
  };
}

function fateOf(
  suppression: Suppression,
  { findings, verdicts }: Report,
  today: string,
): Pick<ReportSuppression, 'state' | 'findings'> {
  const matched = findings.filter((finding) => matches(suppression, finding)).length;
  if (suppression.expires < today) return { state: 'expired', findings: matched };
  if (matched > 0) return { state: 'used', findings: matched };
  const { check, node } = suppression;
  const subjects = verdicts.filter(
    (verdict) => verdict.check === check && concerns(verdict.subject, node),
  );
  // Without an answer nobody can tell whether there would have been something to match.
  const isJudged = subjects.length > 0 && subjects.every(({ verdict }) => verdict !== 'unknown');
  return { state: isJudged ? 'unused' : 'not-judged', findings: 0 };
}

/** Whether a suppression for nodes like `pattern` can be about a verdict's subject. */
function concerns(subject: string, pattern: string | undefined): boolean {
  if (pattern === undefined) return true;
  return matchesPattern(pattern, subject.replace(/^node\//u, ''));
}

function matches(suppression: Suppression, finding: ReportFinding): boolean {
  const { check, node, peer, object, message } = suppression;
  const isFor = (pattern: string | undefined, text: string | undefined): boolean =>
    pattern === undefined || (text !== undefined && matchesPattern(pattern, text));
  return (
    check === finding.check &&
    isFor(node, finding.node) &&
    isFor(peer, finding.peer) &&
    isFor(object, finding.object) &&
    isFor(message, finding.message)
  );
}

/** Whether a text is as the pattern says; `*` stands for any text. Takes time in proportion to both lengths at most. */
function matchesPattern(pattern: string, text: string): boolean {
  const [first = '', ...others] = pattern.split('*');
  const last = others.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let from = first.length;
  const end = text.length - last.length;
  for (const part of others) {
    const at = text.indexOf(part, from);
    if (at === -1 || at + part.length > end) return false;
    from = at + part.length;
  }
  return from <= end;
}
