// SPDX-License-Identifier: Apache-2.0

import { resolveUnfinished, unfinished } from '#engine/mend/resolve-unfinished.ts';
import { DEFAULT_LIMITS, MendSession } from '#engine/mend/session.ts';
import { chosenForUndo, undoChanges } from '#engine/mend/undo.ts';

import { connectOptions } from '../check/live-services.ts';
import { type ConnectionFlags, connectionWords } from '../connection-flags.ts';
import { EXIT } from '../exit-code.ts';
import { flagWords } from '../flag-words.ts';
import { FixText } from '../fix/fix-text.ts';
import { missingText } from '../fix/mend-run.ts';
import { Interruption, type Io } from '../io.ts';
import { terminalTraits } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

/** What `selvage undo` was asked for. */
export interface UndoFlags extends ConnectionFlags {
  readonly yes?: true;
  readonly color: boolean;
}

/**
 * `selvage undo`: takes back a change, or all changes of a run, if what they wrote is still there.
 *
 * @param id of a change or a run; absent: the last run that changed something
 * @throws UsageError when there is no such change; SourceError when the cluster cannot be reached
 */
export async function runUndo(id: string | undefined, flags: UndoFlags, io: Io): Promise<number> {
  const session = await MendSession.open(
    { ...connectOptions(flags), env: io.env },
    DEFAULT_LIMITS,
    io.signal,
  );
  try {
    return await undo(id, flags, io, session);
  } finally {
    await session.close();
  }
}

async function undo(
  id: string | undefined,
  flags: UndoFlags,
  io: Io,
  session: MendSession,
): Promise<number> {
  const text = new FixText({ ...terminalTraits(io, !flags.color), narrowed: false });
  const chosen = chosenForUndo(await session.history(), id);
  const steps = chosen.flatMap(({ outcome }) => outcome?.undo ?? []);
  if (steps.length === 0) {
    throw new UsageError(
      id === undefined
        ? 'There is no change to take back.'
        : `There is no change '${id}' to take back.`,
      `List the changes with '${io.program} audit'.`,
    );
  }
  io.stdout.write(text.titles(steps.toReversed()));
  const missing = await session.missingRights(steps);
  if (missing.length > 0) {
    io.stderr.write(missingText(missing, steps, io));
    return EXIT.notEnough;
  }
  if (flags.yes !== true && (await io.ask?.('Type yes to take this back: '))?.trim() !== 'yes') {
    const chosenBy = id === undefined ? [] : [id];
    const words = ['undo', ...chosenBy, ...flagWords(connectionWords(flags)), '--yes'];
    io.stdout.write(`Nothing was changed. Do it with: ${io.program} ${words.join(' ')}\n`);
    return EXIT.findings;
  }
  return takeBack(chosen, text, io, session);
}

type Chosen = ReturnType<typeof chosenForUndo>;

async function takeBack(
  chosen: Chosen,
  text: FixText,
  io: Io,
  session: MendSession,
): Promise<number> {
  const lock = await session.lock((holder) => {
    io.stderr.write(text.waiting(holder));
  });
  if ('takenBy' in lock) {
    io.stderr.write(text.taken(lock.takenBy, 'Run again later.'));
    return EXIT.notEnough;
  }
  try {
    const context = await session.stepContext();
    io.stdout.write(
      text.resolved(await resolveUnfinished(context, unfinished(await session.history()))),
    );
    const result = await undoChanges(context, chosen, {
      lock,
      interrupt: io.signal,
      onStep: (done) => {
        io.stdout.write(text.step(done));
      },
    });
    const reason: unknown = io.signal.reason;
    if (result.stopped === 'interrupted' && reason instanceof Interruption) return reason.exitCode;
    const allDone = result.steps.every(({ outcome }) => outcome === 'applied');
    return allDone && result.notBegun === 0 ? EXIT.healthy : EXIT.findings;
  } finally {
    await lock.release();
  }
}
