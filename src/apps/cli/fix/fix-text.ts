// SPDX-License-Identifier: Apache-2.0

import type { MendProgress, MendResult } from '#engine/mend/mend.ts';
import type { DoneStep } from '#engine/mend/run-step.ts';
import type { ResolvedStep } from '#engine/mend/resolve-unfinished.ts';
import type { Rehearsal } from '#engine/mend/session.ts';
import type { Step } from '#model/plan.ts';
import { counted } from '#render/terminal/names.ts';
import { type Mark, makeStyle, type Style, type TerminalOptions } from '#render/terminal/style.ts';
import { hang } from '#render/terminal/wrap.ts';

const OUTCOME_MARKS: Readonly<Record<DoneStep['outcome'], Mark>> = {
  applied: 'pass',
  skipped: 'info',
  failed: 'critical',
  unknown: 'unknown',
};

const VERDICT_MARKS = {
  helped: 'pass',
  'did-not-help': 'critical',
  'made-worse': 'critical',
  'not-known': 'unknown',
} as const;

/** What is said of a run that changes something, as lines. */
export class FixText {
  readonly #style: Style;

  constructor(options: TerminalOptions) {
    this.#style = makeStyle(options);
  }

  /** How far it has come. */
  progress(progress: MendProgress): string {
    switch (progress.kind) {
      case 'stage': {
        const { remedy, node } = progress.stage;
        const where = node === undefined ? '' : ` on ${this.#style.clean(node)}`;
        return this.#text([this.#style.bold(`${remedy}${where}`)]);
      }
      case 'step':
        return this.step(progress.done);
      case 'undo':
        return this.step(progress.done, 'taken back: ');
      case 'verdict': {
        const { verdict, detail } = progress.verdict;
        const words = verdict === 'helped' ? 'verified' : verdict.replaceAll('-', ' ');
        return this.#text(
          hang(
            `  ${this.#style.mark(VERDICT_MARKS[verdict])}`,
            `${words}: ${this.#style.clean(detail)}`,
            this.#style.width,
          ),
        );
      }
    }
  }

  /** One step that was carried out, or not. */
  step({ step, outcome, reason, id }: DoneStep, lead = ''): string {
    const style = this.#style;
    const title = `${lead}${style.clean(step.title)}`;
    const end = outcome === 'applied' ? '' : `: ${outcome}`;
    const trace = id === undefined ? '' : style.faint(`  [${id}]`);
    return this.#text([
      `  ${style.mark(OUTCOME_MARKS[outcome])}${title}${end}${trace}`,
      ...(reason === undefined || reason === ''
        ? []
        : hang('      ', style.clean(reason), style.width)),
    ]);
  }

  /** What steps would do, one line each. */
  titles(steps: readonly Step[]): string {
    return this.#text(steps.map(({ title }) => `  ${this.#style.clean(title)}`));
  }

  /** What each step would meet. */
  looks(looks: readonly Rehearsal[]): string {
    return this.#text(
      looks.map(({ step, look: { state, reason, now } }) => {
        const why = reason ?? (state === 'moved' ? `now ${now.join('; ')}` : undefined);
        const end = why === undefined ? '' : ` (${why})`;
        return `  ${this.#style.clean(`${step.title}: ${state}${end}`)}`;
      }),
    );
  }

  /** Somebody else holds the lock; its name is what that one wrote into the Lease. */
  waiting(holder: string, what = 'is mending this cluster'): string {
    return `Waiting: ${this.#style.clean(holder)} ${what}.\n`;
  }

  /** The lock was not let go in time. */
  taken(holder: string, advice: string): string {
    return this.#text([
      `error: ${this.#style.clean(holder)} is mending this cluster and did not end in time.`,
      'Nothing was changed.',
      advice,
    ]);
  }

  /** What a run that died left behind. */
  resolved(steps: readonly ResolvedStep[]): string {
    if (steps.length === 0) return '';
    const style = this.#style;
    return this.#text([
      style.bold('An earlier run ended in the middle. What came of its steps:'),
      ...steps.flatMap(({ entry, done }) => {
        const words = done.outcome === 'failed' ? 'not done' : done.outcome;
        const title = style.clean(done.step.title);
        return [
          `  ${style.mark(OUTCOME_MARKS[done.outcome])}${title}: ${words} [${entry.intent.id}]`,
          ...(done.reason === undefined
            ? []
            : hang('      ', style.clean(done.reason), style.width)),
        ];
      }),
    ]);
  }

  /** Nothing is to be changed, but a rollout is not through. */
  halfDone(gap: string): string {
    const { mark, width } = { mark: this.#style.mark('warning'), width: this.#style.width };
    return this.#text(hang(mark, `Half done. ${this.#style.clean(gap)}`, width));
  }

  /** How to see a rollout through. */
  finishing(command: string): string {
    const { program } = this.#style;
    return this.#text([
      "The DaemonSet's controller goes on by itself while the pods get ready.",
      `Wait for it with: ${command} --yes`,
      `Where it has halted, replace the pod: ${program} restart flannel --node NODE`,
    ]);
  }

  /** What came of waiting for a rollout. */
  rolledOut({ complete, detail }: { readonly complete: boolean; readonly detail: string }): string {
    const mark = complete ? 'pass' : 'critical';
    const { program, width } = this.#style;
    return this.#text([
      ...hang(this.#style.mark(mark), this.#style.clean(detail), width),
      ...(complete ? [] : [`See what holds it up: ${program} check`]),
    ]);
  }

  /** How it ended. */
  end({ stages, notBegun, stopped, left }: MendResult, run: string): string {
    const style = this.#style;
    const steps = stages.flatMap((stage) => stage.steps);
    const applied = steps.filter(({ outcome }) => outcome === 'applied').length;
    const undone = stages.flatMap((stage) => stage.undone).length;
    // A restart cannot be taken back.
    const hasWayBack = steps.some(({ undo }) => undo !== undefined);
    const grave = left.filter(({ severity }) => severity !== 'info').length;
    const done = `${counted(applied, 'change')} made${undone === 0 ? '' : `, ${counted(undone, 'change')} taken back`}.`;
    const state =
      left.length === 0
        ? style.tint('pass', `${style.mark('pass')}${done} No finding is left.`)
        : style.tint(
            grave === 0 ? 'info' : 'critical',
            `${style.mark(grave === 0 ? 'info' : 'critical')}${done} ${counted(left.length, 'finding')} left.`,
          );
    return this.#text([
      ...(stopped === undefined ? [] : [STOPPED[stopped]]),
      ...notBegun.flatMap((stage) => [
        `  not begun: ${stage.remedy}${stage.node === undefined ? '' : ` on ${style.clean(stage.node)}`} (${counted(stage.steps.length, 'step')})`,
      ]),
      state,
      ...left
        .slice(0, 10)
        .flatMap(({ message, severity }) =>
          hang(`  ${style.mark(severity)}`, style.clean(message), style.width),
        ),
      ...(hasWayBack && applied > undone
        ? [`Take it back with: ${style.program} undo ${run}`]
        : []),
    ]);
  }

  #text(lines: readonly string[]): string {
    return lines.map((line) => `${line}\n`).join('');
  }
}

const STOPPED: Readonly<Record<NonNullable<MendResult['stopped']>, string>> = {
  interrupted: 'Interrupted: the step that had begun was finished, the rest was not begun.',
  'lock-lost':
    'Stopped: it is not certain that the lock is still ours, so no further step was begun.',
  'state-unknown': 'Stopped: what came of the last step could not be found out. Run again to look.',
  halted: 'Halted: it did not verify, so it is not begun on another node.',
  'no-consent': 'Stopped: what comes next was not agreed to.',
};
