// SPDX-License-Identifier: Apache-2.0

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const MODULE = join(import.meta.dirname, 'small-young-heap.ts');

/** Size of the young heap, MiB, of a process that has made many objects that some of a moment hold. */
function youngHeap(prelude: string): number {
  const program = `
    import v8 from 'node:v8';
    ${prelude}
    let held = [];
    for (let round = 0; round < 300; round += 1) {
      held = Array.from({ length: 20_000 }, (_, index) => ({ index, text: String(round + index) }));
    }
    const spaces = v8.getHeapSpaceStatistics();
    console.log(spaces.find(({ space_name: name }) => name === 'new_space').space_size + held.length * 0);
  `;
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program];
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' })) / 1024 / 1024;
}

describe('a small young heap', () => {
  it('stays as it starts, and would grow otherwise', () => {
    const small = youngHeap(
      `import { keepYoungHeapSmall } from ${JSON.stringify(MODULE)}; keepYoungHeapSmall();`,
    );

    expect(small).toBeLessThanOrEqual(4);
    expect(youngHeap('')).toBeGreaterThan(2 * small);
  });
});
