// SPDX-License-Identifier: Apache-2.0

import { parseArgs } from 'node:util';

import { MEMORY_KINDS, type MemoryKind } from '../testkit/memory-kinds.ts';
import { type KindAccuracy, measureKind, type Share } from '../testkit/trend-accuracy.ts';

// How often trends are judged rightly on series of which the truth is known, beside two plain ways on the same
// series. `node bench/trend-accuracy.ts --count 1000` takes some minutes; the figures are the same each time.

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    every: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
  },
});
const options = {
  count: Number(values.count),
  everyMinutes: Number(values.every),
  seed: Number(values.seed),
};

function percent({ held, of }: Share): string {
  return of === 0 ? '' : `${((100 * held) / of).toFixed(1)} %`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function total(all: readonly KindAccuracy[], pick: (each: KindAccuracy) => Share): string {
  const sum = (part: keyof Share): number => all.reduce((n, each) => n + pick(each)[part], 0);
  return percent({ held: sum('held'), of: sum('of') });
}

const print = (text: string): void => {
  console.log(text);
};

print(
  `${String(options.count)} series of each kind, 8 weeks, a point every ${String(options.everyMinutes)} minutes, seeds from ${String(options.seed)}\n`,
);
print(
  row([
    'series',
    'verdict right',
    'growth told',
    'least squares: grows',
    'predict_linear[1h]: limit in 8 weeks',
    'predict_linear[1w]: limit in 8 weeks',
  ]),
);
print(row(['---', '--:', '--:', '--:', '--:', '--:']));
const measured: KindAccuracy[] = [];
for (const kind of Object.keys(MEMORY_KINDS) as MemoryKind[]) {
  const accuracy = measureKind(kind, options);
  measured.push(accuracy);
  const { right, growth, leastSquares, predictHour, predictWeek } = accuracy;
  print(row([kind, ...[right, growth, leastSquares, predictHour, predictWeek].map(percent)]));
}
const stable = measured.filter(({ kind }) => kind.startsWith('stable'));
const leaks = measured.filter(({ kind }) => kind.startsWith('leak'));
print('');
print(
  row([
    'leaks',
    'found, from 5 MiB a week on',
    'interval holds the truth',
    'its width',
    'of least squares',
  ]),
);
print(row(['---', '--:', '--:', '--:', '--:']));
for (const { kind, clearRight, covered, coveredByLeastSquares, widthDays } of leaks) {
  const width = `${widthDays.toFixed(1)} days`;
  print(row([kind, percent(clearRight), percent(covered), width, percent(coveredByLeastSquares)]));
}
print('');
print(
  `stable series that were called something else: ${String(stable.reduce((n, { right }) => n + right.of - right.held, 0))} of ${String(stable.length * options.count)}`,
);
print(`stable series that were said to grow: ${total(stable, (each) => each.growth)}`);
print(`leaks of 5 MiB a week and more that were found: ${total(leaks, (each) => each.clearRight)}`);
print(`intervals that hold the true time to the limit: ${total(leaks, (each) => each.covered)}`);
