// SPDX-License-Identifier: Apache-2.0

import type { Actuator } from '#actuators/define-actuator.ts';
import { type EntryWords, linkWord } from '#actuators/entry-grammar.ts';
import { entryActuator } from '#actuators/kernel-entry.ts';
import type { WriteLinkMtuStep } from '#model/plan.ts';

/** Sets the MTU of a link. The kernel refuses one that does not fit the link below. */
export const actuator: Actuator<WriteLinkMtuStep> = withBoth(
  entryActuator<WriteLinkMtuStep>('write-link-mtu', {
    place: ({ link }) => {
      const name = linkWord(link);
      return name === undefined ? undefined : { table: 'link', key: name };
    },
    parse: (line, { link }) => mtuWords(line, link),
    tool: () => ['ip', 'link'],
    verbs: { first: 'set', beside: 'set', instead: 'set' },
  }),
);

/** A link is neither made nor deleted by its MTU. */
function withBoth(actuator: Actuator<WriteLinkMtuStep>): Actuator<WriteLinkMtuStep> {
  return {
    ...actuator,
    refuse: (step) => {
      const isOne = step.before.length === 1 && step.after.length === 1;
      return isOne ? actuator.refuse(step) : 'It names no MTU before and after.';
    },
  };
}

/** `ifindex NUMBER mtu BYTES`. */
function mtuWords(line: string, link: string): EntryWords | undefined {
  const [, ifindex, mtu] = /^ifindex (\d{1,10}) mtu (\d{2,5})$/.exec(line) ?? [];
  if (ifindex === undefined || mtu === undefined) return undefined;
  return { make: ['dev', link, 'mtu', mtu], name: ['dev', link], slot: ifindex };
}
