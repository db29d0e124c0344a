// SPDX-License-Identifier: Apache-2.0

// `npm run new:check ID` makes the folder of a check with a small check that works, and regenerates.

import { checkTemplate } from './check-template.ts';
import { makeUnit } from './new-unit.ts';

makeUnit(
  {
    below: 'src/checks',
    usage: 'npm run new:check ID, for example vtep-mac-mismatch',
    form: 'thing-what-is-wrong',
    objection: (id) =>
      id.startsWith('check-') || id.endsWith('-check')
        ? 'an id names what is wrong, without the word check'
        : undefined,
    template: checkTemplate,
    whatIsLeft: [
      'check.ts       meta, needs, messages; `run` compares expected (src/expected) with observed',
      'check.test.ts  a healthy case, a faulty one (the smallest break of the healthy cluster), a skip',
      'README.md      the six headings; commands that a person can paste',
      'npm run verify, then npx changeset',
    ],
  },
  process.argv[2],
);
