// SPDX-License-Identifier: Apache-2.0
import { badRequest } from './api-error.ts';
import type { JsonObject } from './patch/json-value.ts';

/** Kubernetes' envelope: these bytes, then a runtime.Unknown. apimachinery: pkg/runtime/serializer/protobuf/doc.go */
const MAGIC = Buffer.from('k8s\0');

/** Length-delimited fields of one message; repeated ones keep the last. */
type Fields = ReadonlyMap<number, Buffer>;

const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;

/** Field numbers of kubernetes@v1.34.4:staging/src/k8s.io/api/authorization/v1/generated.proto. */
const RESOURCE_ATTRIBUTES: readonly (readonly [number, string])[] = [
  [1, 'namespace'],
  [2, 'verb'],
  [3, 'group'],
  [4, 'version'],
  [5, 'resource'],
  [6, 'subresource'],
  [7, 'name'],
];
const NON_RESOURCE_ATTRIBUTES: readonly (readonly [number, string])[] = [
  [1, 'path'],
  [2, 'verb'],
];

/**
 * Reads the spec of a self review from Kubernetes protobuf. A SelfSubjectRulesReview has its
 * namespace where an access review has its attributes, and needs no spec.
 *
 * @throws ApiError 400 when the bytes are no such message
 */
export function decodeReviewSpec(bytes: Buffer): JsonObject {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw malformed();
  const envelope = readFields(bytes.subarray(MAGIC.length));
  const type = readFields(envelope.get(1) ?? Buffer.alloc(0));
  const review = readFields(envelope.get(2) ?? Buffer.alloc(0));
  const spec = review.get(2);
  if (type.get(2)?.toString() !== 'SelfSubjectAccessReview' || spec === undefined) return {};
  const attributes = readFields(spec);
  const resource = attributes.get(1);
  const path = attributes.get(2);
  return {
    ...(resource === undefined
      ? {}
      : { resourceAttributes: readStrings(resource, RESOURCE_ATTRIBUTES) }),
    ...(path === undefined
      ? {}
      : { nonResourceAttributes: readStrings(path, NON_RESOURCE_ATTRIBUTES) }),
  };
}

function readStrings(message: Buffer, names: readonly (readonly [number, string])[]): JsonObject {
  const fields = readFields(message);
  return Object.fromEntries(names.map(([tag, name]) => [name, fields.get(tag)?.toString() ?? '']));
}

function readFields(message: Buffer): Fields {
  const fields = new Map<number, Buffer>();
  let position = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = message[position];
      if (byte === undefined) throw malformed();
      position += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw malformed();
  };
  const skipTo = (length: number): void => {
    position += length;
    if (position > message.length) throw malformed();
  };
  while (position < message.length) {
    const key = varint();
    const wire = key & 7;
    if (wire === VARINT) varint();
    else if (wire === FIXED64 || wire === FIXED32) skipTo(wire === FIXED64 ? 8 : 4);
    else if (wire === DELIMITED) {
      const length = varint();
      skipTo(length);
      fields.set(key >>> 3, message.subarray(position - length, position));
    } else throw malformed();
  }
  return fields;
}

function malformed(): Error {
  return badRequest('the request body is not a Kubernetes protobuf message');
}
