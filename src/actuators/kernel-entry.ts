// SPDX-License-Identifier: Apache-2.0

import {
  type Actuator,
  type ActuatorWorld,
  type Look,
  skipped,
  type StepResult,
  apiRight,
  inNamespace,
} from '#actuators/define-actuator.ts';
import type { EntryWords } from '#actuators/entry-grammar.ts';
import { type NodeReading, readInNode } from '#actuators/node-reading.ts';
import type {
  Step,
  WriteFdbEntryStep,
  WriteLinkMtuStep,
  WriteNeighbourStep,
  WriteRouteStep,
} from '#model/plan.ts';
import type { EntryPlace } from '#sources/node-access/exec/entry-script.ts';
import { readEntry, writeEntry } from '#sources/node-access/exec/write.ts';

type EntryStep = WriteRouteStep | WriteNeighbourStep | WriteFdbEntryStep | WriteLinkMtuStep;

/** How one table of the kernel is spoken of. */
export interface EntryTableWords<S extends EntryStep> {
  /** The entry's place in canonical words; undefined when the step names none. */
  readonly place: (step: S) => EntryPlace | undefined;
  /** A printed line in typed words; undefined when it holds what is not known. */
  readonly parse: (line: string, step: S) => EntryWords | undefined;
  /** Program and object: `ip -4 route`. */
  readonly tool: (step: S) => readonly string[];
  /** Verbs: for an entry where none is, beside others, and in place of one. */
  readonly verbs: { readonly first: string; readonly beside: string; readonly instead: string };
}

/** The actuator of one table: compares and writes in one exec into the node's flannel container. */
export function entryActuator<S extends EntryStep>(
  kind: S['kind'],
  table: EntryTableWords<S>,
): Actuator<S> {
  return {
    kind,
    needs: [inNamespace('flannel', apiRight('', 'pods/exec', 'get', 'create'))],
    refuse: (step: S) => refuse(step, table),
    dryRun: async (world: ActuatorWorld, step: S) => {
      const { text } = await readAt(world, step.node, required(table.place(step)));
      return look(linesOf(text), step);
    },
    apply: (world: ActuatorWorld, step: S) => apply(world, step, table),
    undoOf: (step: S) => reversed(step, step.before, step.after),
  };
}

function required(place: EntryPlace | undefined): EntryPlace {
  if (place === undefined) throw new Error('the step was not checked before');
  return place;
}

function refuse<S extends EntryStep>(step: S, table: EntryTableWords<S>): string | undefined {
  if (table.place(step) === undefined) return `${step.object} is no entry that can be written.`;
  const odd = [...step.before, ...step.after].find((line) => table.parse(line, step) === undefined);
  return odd === undefined
    ? undefined
    : `The entry "${odd}" holds words that Selvage does not know how to write again, so it is left alone.`;
}

function look(now: readonly string[], step: EntryStep): Look {
  if (sameLines(now, step.after)) return { state: 'done', now };
  return { state: sameLines(now, step.before) ? 'ready' : 'moved', now };
}

/** Lines of a tool's output, single-spaced: tools differ in the spaces at a line's end. */
function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim().replace(/\s+/g, ' '))
    .filter((line) => line !== '');
}

function sameLines(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && [...a].sort().join('\n') === [...b].sort().join('\n');
}

function readAt(world: ActuatorWorld, node: string, place: EntryPlace): Promise<NodeReading> {
  return readInNode(world, node, (container) =>
    readEntry(world.connection, container, place, world.signal),
  );
}

async function apply<S extends EntryStep>(
  world: ActuatorWorld,
  step: S,
  table: EntryTableWords<S>,
): Promise<StepResult> {
  const place = required(table.place(step));
  const first = await readAt(world, step.node, place);
  const before = linesOf(first.text);
  const met = look(before, step);
  if (met.state !== 'ready') return skipped(met);
  let { text } = first;
  for (const argv of commandsFor(step, table)) {
    const change = { place, expected: text, argv };
    const written = await writeEntry(world.connection, first.container, change, world.signal);
    if (written.outcome === 'refused') {
      const reason = `The node refused it: ${written.reason}`;
      return ended({ outcome: 'failed', step, before, after: linesOf(text), reason });
    }
    text = written.text;
    if (written.outcome === 'moved') {
      const now = linesOf(text);
      if (sameLines(now, before)) continue;
      return skipped({ ...look(now, step), now });
    }
  }
  const after = linesOf(text);
  return sameLines(after, step.after)
    ? ended({ outcome: 'applied', step, before, after })
    : ended({
        outcome: 'failed',
        step,
        before,
        after,
        reason: 'The kernel holds something else afterwards.',
      });
}

interface Ended {
  readonly outcome: 'applied' | 'failed';
  readonly step: EntryStep;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly reason?: string;
}

function ended({ outcome, step, before, after, reason }: Ended): StepResult {
  return {
    outcome,
    after,
    ...(reason !== undefined && { reason }),
    ...(!sameLines(before, after) && { undo: reversed(step, before, after) }),
  };
}

/** The step back: to what was there before, if what we wrote is still there. */
function reversed(step: EntryStep, before: readonly string[], after: readonly string[]): Step {
  const title =
    before.length === 0
      ? `delete ${step.object} again`
      : `restore ${step.object} to ${before.join('; ')}`;
  return { ...step, title, before: after, after: before };
}

/** The commands from one state to the other: what is new is written before what is old goes. */
function commandsFor<S extends EntryStep>(
  step: S,
  table: EntryTableWords<S>,
): readonly (readonly string[])[] {
  const words = (line: string): EntryWords => {
    const parsed = table.parse(line, step);
    if (parsed === undefined) throw new Error('the step was not checked before');
    return parsed;
  };
  const added = step.after.filter((line) => !step.before.includes(line)).map(words);
  const removed = step.before.filter((line) => !step.after.includes(line)).map(words);
  const tool = table.tool(step);
  const replaced = new Set<EntryWords>();
  const writes = added.map((entry) => {
    const old = removed.find((each) => each.slot === entry.slot && !replaced.has(each));
    if (old !== undefined) replaced.add(old);
    const kept = step.before.length > 0;
    const verb = old === undefined ? table.verbs[kept ? 'beside' : 'first'] : table.verbs.instead;
    return [...tool, verb, ...entry.make];
  });
  const deletions = removed
    .filter((entry) => !replaced.has(entry))
    .map((entry) => [...tool, 'del', ...entry.name]);
  return [...writes, ...deletions];
}
