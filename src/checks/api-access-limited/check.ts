// SPDX-License-Identifier: Apache-2.0

import type { ClusterCheck } from '#checks/define-check.ts';
import type { AccessRight } from '#model/access.ts';
import { type Finding, skip, verdictOf } from '#model/finding.ts';

/**
 * Finds rights that reading needs and the caller lacks, by the API server's own answers. It tells of the caller and
 * not of the cluster, so it never changes the exit code: what became unknown does.
 */
export const check: ClusterCheck<'access'> = {
  id: 'api-access-limited',
  title: 'A right that reading needs is missing',
  scope: 'cluster',
  stability: 'stable',
  severity: 'info',
  needs: { cluster: ['access'] },
  messages: {
    lost: 'You may not {right}, so what could not be read is {facts}. Every check that needs it is unknown, which says nothing about the cluster.',
    spared:
      'You may not {right}. No fact is missing because of that in this run: it was had in another way or could be done without, and a check that can judge less is skipped with the reason.',
  },
  run({ cluster, atCluster }) {
    const { rights } = cluster.access;
    const denied = rights.flatMap((right, index) =>
      right.answer === 'denied' ? [finding(right, atCluster('access', 'rights', index))] : [],
    );
    if (denied.length === 0 && rights.some(({ answer }) => answer === 'not-asked')) {
      return skip('Flannel was found in no namespace, so the rights there could not be asked for.');
    }
    return verdictOf(denied);
  },
};

function finding(right: AccessRight, evidence: string): Finding {
  const { verb, group, resource, name, lost } = right;
  const qualified = group === '' ? resource : `${resource}.${group}`;
  const what = name === undefined ? qualified : `${qualified} ${name}`;
  const where = right.namespace === undefined ? '' : ` in ${right.namespace}`;
  const text = `${verb} ${what}${where}`;
  return {
    messageId: lost.length === 0 ? 'spared' : 'lost',
    data: { right: text, facts: lost.join(', ') },
    breaks: 'none',
    object: `right ${text}`,
    expected: 'allowed',
    observed: 'denied',
    evidence: [evidence],
  };
}
