// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { missingNode } from './needed-node.ts';

describe('missingNode', () => {
  it.each(['22.19.0', '22.20.1', '23.0.0', '24.21.0', '100.1.0'])(
    'is content with %s',
    (running) => {
      expect(missingNode(running)).toBeUndefined();
    },
  );

  it.each(['22.18.9', '22.2.0', '20.20.2', '18.0.0'])('names what %s lacks', (running) => {
    expect(missingNode(running)).toMatch(
      new RegExp(
        `needs Node\\.js 22\\.19 or newer; this is ${running.replaceAll('.', '\\.')}\\.\\n`,
      ),
    );
  });
});
