// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { renderPage } from './render-page.ts';

const OPTIONS = { color: false, width: 40, unicode: true, program: 'selvage' } as const;

describe('renderPage', () => {
  it('wraps prose, leaves code as it is, and writes links out', () => {
    const page = [
      '# route-missing',
      '',
      'The `main` table has no route to the pods of a peer.',
      '',
      '```sh',
      'ip route show 10.244.3.0/24    # prints nothing',
      '```',
      '',
      '- [flannel](https://example.invalid/a)',
      '- two lines',
      '  of one item',
    ].join('\n');

    expect(renderPage(page, OPTIONS)).toBe(`route-missing

  The main table has no route to the
  pods of a peer.

      ip route show 10.244.3.0/24    # prints nothing

  · flannel (https://example.invalid/a)
  · two lines of one item
`);
  });
});
