// SPDX-License-Identifier: Apache-2.0

import type { Actuator } from '#actuators/define-actuator.ts';
import { fdbWords, linkWord } from '#actuators/entry-grammar.ts';
import { entryActuator } from '#actuators/kernel-entry.ts';
import type { WriteFdbEntryStep } from '#model/plan.ts';
import { parseMac } from '#model/net/mac.ts';

/** Writes and deletes FDB entries of a vxlan link. Of several destinations of one MAC each is a line. */
export const actuator: Actuator<WriteFdbEntryStep> = entryActuator<WriteFdbEntryStep>(
  'write-fdb-entry',
  {
    place: ({ mac, link }) => {
      const [key, name] = [parseMac(mac), linkWord(link)];
      return key === undefined || name === undefined
        ? undefined
        : { table: 'fdb', key, link: name };
    },
    parse: (line, { link, mac }) => {
      const words = fdbWords(line, link);
      return words?.slot === mac ? words : undefined;
    },
    tool: () => ['bridge', 'fdb'],
    verbs: { first: 'add', beside: 'append', instead: 'replace' },
  },
);
