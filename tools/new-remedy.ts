// SPDX-License-Identifier: Apache-2.0

// `npm run new:remedy ID` makes the folder of a remedy with a small remedy that works, and regenerates.

import { makeUnit } from './new-unit.ts';
import { remedyTemplate } from './remedy-template.ts';

makeUnit(
  {
    below: 'src/remedies',
    usage: 'npm run new:remedy ID, for example restore-subnet-env',
    form: 'verb-what-it-changes',
    objection: (id) =>
      /^(?:remedy|fix)-|-(?:remedy|fix)$/.test(id)
        ? 'an id says what is done, without the words remedy and fix'
        : undefined,
    template: remedyTemplate,
    whatIsLeft: [
      'remedy.ts       what it treats, its risk and disturbance; `plan` turns findings into steps, or declines',
      'remedy.test.ts  a case for each check that it treats, and one for each reason to decline',
      'README.md       the seven headings; commands that a person can paste',
      'a scenario in test/scenarios, npm run verify, then npx changeset',
    ],
  },
  process.argv[2],
);
