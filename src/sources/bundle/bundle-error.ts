// SPDX-License-Identifier: Apache-2.0

import { SourceError, type SourceErrorCode } from '#sources/source-error.ts';

/** A failure to read a bundle; `file` is named in its message. */
export function bundleError(
  code: Extract<SourceErrorCode, `bundle-${string}` | 'file-unreadable' | 'not-a-bundle'>,
  file: string,
  detail?: string,
  cause?: unknown,
): SourceError {
  const context = { operation: 'read bundle', target: file, cause };
  return new SourceError(code, detail === undefined ? context : { ...context, detail });
}
