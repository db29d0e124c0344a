// SPDX-License-Identifier: Apache-2.0

import type { Actuator } from '#actuators/define-actuator.ts';
import { addressWord, linkWord, neighbourWords } from '#actuators/entry-grammar.ts';
import { entryActuator } from '#actuators/kernel-entry.ts';
import type { WriteNeighbourStep } from '#model/plan.ts';

/**
 * Writes and deletes permanent neighbours. Always by `replace`: the kernel keeps notes of failed resolutions under
 * the same address, which count as no entry but would make `add` fail.
 */
export const actuator: Actuator<WriteNeighbourStep> = entryActuator<WriteNeighbourStep>(
  'write-neighbour',
  {
    place: ({ family, address, link }) => {
      const [key, name] = [addressWord(address, family), linkWord(link)];
      if (key === undefined || name === undefined) return undefined;
      return { table: 'neighbour', family, key, link: name };
    },
    parse: (line, { family, link, address }) => {
      const words = neighbourWords(line, family, link);
      return words?.slot === address ? words : undefined;
    },
    tool: ({ family }) => ['ip', `-${String(family)}`, 'neigh'],
    verbs: { first: 'replace', beside: 'replace', instead: 'replace' },
  },
);
