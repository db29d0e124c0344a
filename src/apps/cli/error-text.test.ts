// SPDX-License-Identifier: Apache-2.0

// cspell:ignore mthing

import { describe, expect, it } from 'vitest';

import { SOURCE_ERROR_CODES, SourceError } from '#sources/source-error.ts';
import { capturedIo } from '../../../testkit/captured-io.ts';
import { describeFailure } from './error-text.ts';
import { Interruption } from './io.ts';
import { UsageError } from './usage-error.ts';

const CONTEXT = { operation: 'list nodes', target: 'https://10.0.0.1:6443' };

describe('describeFailure', () => {
  it.each(SOURCE_ERROR_CODES)('tells %s in three lines: what, why, what to do', (code) => {
    const failure = describeFailure(new SourceError(code, CONTEXT), capturedIo());

    expect(failure.exitCode).toBe(3);
    expect(failure.text).toMatch(/^error: [^\n]+\n[^\n]+\n[^\n]+\n$/u);
  });

  it('tells a wrong command line with what to do, and ends with 2', () => {
    const failure = describeFailure(new UsageError('There is no x.', 'Use y.'), capturedIo());

    expect(failure).toEqual({ text: 'error: There is no x.\nUse y.\n', exitCode: 2 });
  });

  it('says nothing when the person interrupted, whatever failed because of it', () => {
    const interrupt = new AbortController();
    interrupt.abort(new Interruption(130));
    const error = new SourceError('cancelled', CONTEXT);

    const failure = describeFailure(error, capturedIo({ signal: interrupt.signal }));

    expect(failure).toEqual({ text: '', exitCode: 130 });
  });

  it('tells a fault of its own without the stack, and removes control characters', () => {
    const failure = describeFailure(new TypeError('bad \u001B[31mthing'), capturedIo());

    expect(failure.exitCode).toBe(3);
    expect(failure.text).toMatch(/^error: selvage failed by a fault of its own: bad thing\n/u);
    expect(failure.text).not.toContain('error-text.test.ts');
  });

  it('tells the stack with SELVAGE_DEBUG', () => {
    const io = capturedIo({ env: { SELVAGE_DEBUG: '1' } });

    expect(describeFailure(new TypeError('bad'), io).text).toContain('error-text.test.ts');
  });
});
