// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiError } from './api-error.ts';
import { decodeReviewSpec } from './review-protobuf.ts';

function field(tag: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.of((tag << 3) | 2, bytes.length), bytes]);
}

function envelope(kind: string, review: Buffer): Buffer {
  const type = Buffer.concat([field(1, 'authorization.k8s.io/v1'), field(2, kind)]);
  return Buffer.concat([Buffer.from('k8s\0'), field(1, type), field(2, review)]);
}

describe('decodeReviewSpec', () => {
  it('reads resource attributes', () => {
    const attributes = Buffer.concat([field(1, 'ns'), field(2, 'list'), field(5, 'pods')]);
    const review = field(2, field(1, attributes));

    const spec = decodeReviewSpec(envelope('SelfSubjectAccessReview', review));

    expect(spec).toMatchObject({
      resourceAttributes: { namespace: 'ns', verb: 'list', group: '', resource: 'pods' },
    });
  });

  it('reads non-resource attributes', () => {
    const review = field(2, field(2, Buffer.concat([field(1, '/version'), field(2, 'get')])));

    const spec = decodeReviewSpec(envelope('SelfSubjectAccessReview', review));

    expect(spec).toEqual({ nonResourceAttributes: { path: '/version', verb: 'get' } });
  });

  it('refuses other bytes with a Status, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        let thrown: unknown;
        try {
          decodeReviewSpec(Buffer.concat([Buffer.from('k8s\0'), bytes]));
        } catch (error) {
          thrown = error;
        }

        expect(thrown === undefined || thrown instanceof ApiError).toBe(true);
      }),
    );
  });
});
