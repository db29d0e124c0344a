// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { ManualRemedy, Plan, Stage, Untreated } from '#model/plan.ts';

import { renderPlan } from './render-plan.ts';

const OPTIONS = { color: false, width: 100, unicode: true, program: 'selvage', narrowed: false };

const MANUAL: ManualRemedy = {
  title: 'Open UDP port 4789',
  where: 'on node2',
  lines: ['portSelector:', '  ports: [4789]'],
  verify: ['selvage check'],
};

function untreated(peer: string, manual: ManualRemedy = MANUAL): Untreated {
  return {
    finding: {
      id: `f-${peer}`,
      check: 'overlay-unreachable',
      node: 'node2',
      peer,
      severity: 'critical',
      message: `node2 does not reach ${peer}.`,
    },
    reasons: [],
    manual,
  };
}

function planWith(...all: readonly Untreated[]): Plan {
  return {
    schemaVersion: 1,
    kind: 'Plan',
    madeAt: '2026-01-01T00:00:00.000Z',
    maxRisk: 'node',
    stages: [],
    untreated: all,
    notes: [],
    refusals: [],
  };
}

describe('what is to be done by hand', () => {
  it('is told once for all findings that it mends', () => {
    const text = renderPlan(planWith(untreated('node1'), untreated('node3')), OPTIONS);

    expect(text).toContain('node2 does not reach node1.\n  ✗ node2 does not reach node3.\n');
    expect(text.split('Open UDP port 4789')).toHaveLength(2);
  });

  it('is told apart where it differs', () => {
    const other = { ...MANUAL, where: 'on node3' };

    const text = renderPlan(planWith(untreated('node1'), untreated('node3', other)), OPTIONS);

    expect(text.split('Open UDP port 4789')).toHaveLength(3);
  });

  it('keeps its indentation, without which YAML means something else', () => {
    const text = renderPlan(planWith(untreated('node1')), OPTIONS);

    expect(text).toContain('        portSelector:\n          ports: [4789]\n');
  });
});

/** Ends a line, hides what is behind it, and colours the rest. */
const HOSTILE = 'x\u001B[2K\u001B[31m\u202E\nforged line';

function hostileStage(): Stage {
  return {
    remedy: 'reprogram-entries',
    title: HOSTILE,
    node: HOSTILE,
    risk: 'none',
    disturbance: 'Nothing.',
    treats: [
      { id: HOSTILE, check: HOSTILE, severity: 'critical', peer: HOSTILE, message: HOSTILE },
    ],
    steps: [
      {
        kind: 'write-route',
        node: HOSTILE,
        object: HOSTILE,
        title: HOSTILE,
        notes: [HOSTILE, `  ${HOSTILE}`],
        family: 4,
        dst: HOSTILE,
        before: [],
        after: [],
      },
    ],
    whyNotSmaller: [HOSTILE],
    settlesWithinMs: 0,
    haltsOnFailure: false,
    peers: [],
  };
}

describe('text from a cluster, or from a file that somebody sent', () => {
  it('neither moves in the terminal nor makes a line of its own', () => {
    const manual = { title: HOSTILE, where: HOSTILE, lines: [HOSTILE], verify: [HOSTILE] };
    const left = untreated(HOSTILE, manual);
    const finding = { ...left.finding, check: HOSTILE, message: HOSTILE };
    const plan = planWith({ ...left, finding }, { finding, reasons: [HOSTILE] });

    const text = renderPlan({ ...plan, stages: [hostileStage()], notes: [HOSTILE] }, OPTIONS);
    const refused = renderPlan({ ...plan, refusals: [HOSTILE] }, OPTIONS);

    expect(`${text}${refused}`).not.toMatch(/[\u001B\u202E]|^forged/mu);
  });
});
