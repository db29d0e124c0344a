// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';
import { SOURCE_ERROR_CODES, SourceError, isSourceError } from '#sources/source-error.ts';

describe('SourceError', () => {
  it.each(SOURCE_ERROR_CODES)('explains %s in whole sentences', (code) => {
    const error = new SourceError(code, { operation: 'list nodes', target: 'host:6443' });

    expect(error.message).toMatch(/^list nodes: host:6443: .+\.$/);
    expect(error.why).toMatch(/^[A-Z].+\.$/);
    expect(error.hint).toMatch(/^[A-Z].+\.$/);
  });

  it('makes what the other side says one bounded line without control characters', () => {
    const detail = `\u001b[31mred\u001b[0m\r\nsecond\u202eline ${'x'.repeat(1_000_000)}`;

    const { message } = new SourceError('forbidden', { operation: 'o', target: 't', detail });

    expect(message).toContain('red second line');
    expect(message).toMatch(/^[^\p{Cc}\p{Cf}]+$/u);
    expect(message.length).toBeLessThan(500);
  });

  it('keeps neither headers nor other fields of a foreign exception', () => {
    const cause = Object.assign(new Error('socket hang up'), {
      code: 'ECONNRESET',
      request: { headers: { Authorization: 'Bearer secret' } },
    });

    const error = new SourceError('unreachable', { operation: 'o', target: 't', cause });

    expect(error.cause).toStrictEqual({
      name: 'Error',
      message: 'socket hang up',
      code: 'ECONNRESET',
    });
  });

  it('keeps nothing of the text that a JSON syntax error quotes', () => {
    const cause = new SyntaxError(`Unexpected token 'e', "eyJ-secret" is not valid JSON`);

    const error = new SourceError('credential-plugin', { operation: 'o', target: 't', cause });

    expect(JSON.stringify(error.cause)).not.toContain('secret');
  });

  it('is told apart by code', () => {
    const error = new SourceError('gone', { operation: 'o', target: 't' });

    expect(isSourceError(error, 'gone', 'throttled')).toBe(true);
    expect(isSourceError(error, 'throttled')).toBe(false);
    expect(isSourceError(new Error('gone'))).toBe(false);
  });
});
