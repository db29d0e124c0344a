// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { statusError, statusMessage } from '#sources/kubernetes/api-status.ts';
import { listOf } from '#sources/kubernetes/objects/fields.ts';
import { SourceError, type SourceErrorCode } from '#sources/source-error.ts';

/** How a command that ran ended, or why it never ran. */
export type ExecStatus =
  | { readonly ran: true; readonly exitCode: number }
  | { readonly ran: false; readonly error: SourceError };

const OPERATION = 'exec';

const statusSchema = z.object({
  status: z.catch(z.string(), ''),
  reason: z.catch(z.string(), ''),
  message: z.catch(z.string(), ''),
  details: z.catch(
    z.object({ causes: listOf(z.object({ reason: z.string(), message: z.string() })) }),
    () => ({ causes: [] }),
  ),
});

/**
 * Reads the `v1.Status` of channel 3. A command that ran has Success or the exit code in `details.causes`
 * (kubernetes@v1.34.4:staging/src/k8s.io/client-go/tools/remotecommand/v4.go).
 */
export function execStatus(target: string, body: Buffer): ExecStatus {
  const result = statusSchema.safeParse(jsonOf(body));
  if (!result.success) {
    return { ran: false, error: new SourceError('not-json', { operation: OPERATION, target }) };
  }
  const { status, reason, message, details } = result.data;
  if (status === 'Success') return { ran: true, exitCode: 0 };
  const code = details.causes.find((cause) => cause.reason === 'ExitCode')?.message ?? '';
  if (reason === 'NonZeroExitCode' && /^\d{1,3}$/.test(code)) {
    return { ran: true, exitCode: Number(code) };
  }
  return { ran: false, error: runtimeError(target, message) };
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

/**
 * The API gives no reason codes for what kubelets and runtimes answer to exec: their words are all there is.
 * Kubelet: "container not found", "container … is not running"; containerd and CRI-O wrap runc's "executable file not
 * found in $PATH" and "no such file or directory"; API server: "error dialing backend: dial tcp …".
 */
const WORDS: readonly (readonly [RegExp, SourceErrorCode])[] = [
  [
    /executable file not found|no such file or directory|stat \S+: not found/i,
    'executable-not-found',
  ],
  [/error dialing backend|dial tcp|no agent available|no route to host/i, 'node-unreachable'],
  [
    /container not found|is not running|not created|no running task|container is in|task .* not found|is not valid for pod|in stopped state|container .* has (?:terminated|exited)/i,
    'container-not-running',
  ],
];

function wordsCode(message: string): SourceErrorCode | undefined {
  return WORDS.find(([words]) => words.test(message))?.[1];
}

/** The error for a command that the kubelet or the runtime could not start. */
export function runtimeError(target: string, message: string): SourceError {
  const code = wordsCode(message.slice(0, 4096)) ?? 'exec-failed';
  return new SourceError(code, { operation: OPERATION, target, detail: message });
}

/** The error for an upgrade that was answered with an ordinary HTTP response. */
export function upgradeError(target: string, status: number, body: Buffer): SourceError {
  const message = statusMessage(body);
  const generic = statusError(OPERATION, target, { status, body });
  if (['unauthorized', 'forbidden', 'not-found', 'throttled'].includes(generic.code)) {
    return generic;
  }
  // Without a Status it was no API server that answered: a proxy that knows no WebSocket.
  const named = message === undefined ? undefined : wordsCode(message);
  const refused = message === undefined || /upgrade request required/i.test(message);
  const code = named ?? (refused ? 'websocket-refused' : generic.code);
  return new SourceError(code, {
    operation: OPERATION,
    target,
    detail: message ?? `HTTP status ${String(status)}`,
  });
}
