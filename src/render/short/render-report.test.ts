// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { buildReport, nodeFinding, reportFinding } from '../../../testkit/report-builder.ts';
import { renderShort } from './render-report.ts';

const UNICODE = { unicode: true };

describe('the short form', () => {
  it('is one line per finding, then one per unknown verdict', () => {
    const report = buildReport({
      findings: [reportFinding(), nodeFinding({ severity: 'warning', stability: 'preview' })],
      verdicts: [
        { check: 'link-down', subject: 'node/a', verdict: 'unknown', reason: 'No answer.' },
        { check: 'link-down', subject: 'node/b', verdict: 'pass' },
      ],
    });

    expect([...renderShort(report, UNICODE)]).toEqual([
      'critical route-missing node/mac-mini-2->mac-mini-1 Node mac-mini-2 has no route to the pods of mac-mini-1. Expected: 10.244.3.0/24 via 10.244.3.0 dev flannel.1 onlink. Observed: nothing.\n',
      'warning route-missing node/mac-mini-2 Node mac-mini-2 has no route to the pods of mac-mini-1. Expected: 10.244.3.0/24 via 10.244.3.0 dev flannel.1 onlink. Observed: nothing. (preview)\n',
      'unknown link-down node/a No answer.\n',
    ]);
  });

  it('is empty when all is well', () => {
    expect([...renderShort(buildReport(), UNICODE)]).toEqual([]);
  });
});
