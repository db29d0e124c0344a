// SPDX-License-Identifier: Apache-2.0

import type { Actuator } from '#actuators/define-actuator.ts';
import { addressWord, rangeWord, routeWords } from '#actuators/entry-grammar.ts';
import { entryActuator } from '#actuators/kernel-entry.ts';
import type { WriteRouteStep } from '#model/plan.ts';

/** Writes and deletes routes of the main table. `add` fails where a route came in between; `replace` needs the same metric. */
export const actuator: Actuator<WriteRouteStep> = entryActuator<WriteRouteStep>('write-route', {
  place: ({ family, dst }) => {
    const key = dst.includes('/') ? rangeWord(dst, family) : addressWord(dst, family);
    return key === undefined ? undefined : { table: 'route', family, key };
  },
  parse: (line, { family, dst }) => {
    const words = routeWords(line, family);
    const printed = dst.replace(family === 4 ? /\/32$/ : /\/128$/, '');
    return words?.name[1] === printed ? words : undefined;
  },
  tool: ({ family }) => ['ip', `-${String(family)}`, 'route'],
  verbs: { first: 'add', beside: 'add', instead: 'replace' },
});
