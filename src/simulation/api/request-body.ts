// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage } from 'node:http';
import { ApiError, badRequest, unsupportedMediaType } from './api-error.ts';

/** kubernetes@v1.34.4:staging/src/k8s.io/apiserver/pkg/server/config.go (MaxRequestBodyBytes). */
const BODY_LIMIT_BYTES = 3 * 1024 * 1024;

/** The media type of a body, without parameters; JSON when none is given. */
export function mediaTypeOf(incoming: IncomingMessage): string {
  const [type = ''] = (incoming.headers['content-type'] ?? 'application/json').split(';');
  return type.trim().toLowerCase();
}

/**
 * Reads a JSON body; undefined when it is empty.
 *
 * @throws ApiError 400 when it is not JSON, 413 when it is larger than 3 MiB, 415 when its type is not among `types`
 */
export async function readJsonBody(
  incoming: IncomingMessage,
  types: readonly string[] = ['application/json'],
): Promise<unknown> {
  const body = await readBody(incoming, types);
  return body.length === 0 ? undefined : parseJson(body.toString('utf8'));
}

/** Media type in which kubectl sends built-in types. */
const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/**
 * Reads a body that may be protobuf, which comes back as bytes.
 *
 * @throws ApiError as {@link readJsonBody}
 */
export async function readJsonOrProtobufBody(incoming: IncomingMessage): Promise<unknown> {
  const body = await readBody(incoming, ['application/json', PROTOBUF]);
  if (mediaTypeOf(incoming) === PROTOBUF) return body;
  return body.length === 0 ? undefined : parseJson(body.toString('utf8'));
}

async function readBody(incoming: IncomingMessage, types: readonly string[]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > BODY_LIMIT_BYTES) {
      throw new ApiError(
        413,
        'RequestEntityTooLarge',
        'Request entity too large: limit is 3145728',
      );
    }
    chunks.push(bytes);
  }
  if (size > 0 && !types.includes(mediaTypeOf(incoming))) {
    throw unsupportedMediaType(
      `the body of the request was in an unknown format - accepted media types include: ${types.join(', ')}`,
    );
  }
  return Buffer.concat(chunks);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(
      `couldn't get version/kind; json parse error: ${error instanceof Error ? error.message : ''}`,
    );
  }
}
