// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import type { ExecFailure, ExecResult } from '#simulation/workload-backend.ts';
import { internalError, successStatus, type Status } from './api-error.ts';
import { flag, type Call } from './call.ts';
import { CHANNEL, readStdin, sendMessage, sendOnChannel, sendStatus } from './exec-channels.ts';
import type { PodContainer } from './pod-container.ts';
import { statusOf } from './reply.ts';

/**
 * Runs a command over an open WebSocket and closes it. Never rejects: what goes wrong is told on
 * the error channel, as kubernetes@v1.34.4:staging/src/k8s.io/apiserver/pkg/util/proxy/streamtranslator.go does.
 */
export async function serveExec(
  call: Call,
  target: PodContainer,
  socket: WebSocket,
  latencyMs: number,
): Promise<void> {
  socket.on('error', () => {
    socket.terminate();
  });
  const { query } = call.request;
  // The API server greets with an empty message on the lowest channel that it writes.
  await sendMessage(socket, Buffer.of(lowestOutput(query)));
  if (call.fault?.kind === 'silent') return;
  // A terminal is never closed by its user before the command ends.
  const stdin = flag(query, 'stdin') && !flag(query, 'tty') ? await readStdin(socket) : undefined;
  if (latencyMs > 0) await sleep(latencyMs, undefined, { ref: false });
  if (socket.readyState !== socket.OPEN) return;
  try {
    await sendOutcome(call, socket, run(call, target, stdin));
  } catch (error) {
    await sendStatus(socket, statusOf(error));
    socket.close(1000);
  }
}

function lowestOutput(query: URLSearchParams): number {
  if (flag(query, 'stdout')) return CHANNEL.stdout;
  return flag(query, 'stderr') ? CHANNEL.stderr : CHANNEL.error;
}

function run(
  call: Call,
  target: PodContainer,
  stdin: string | undefined,
): ExecResult | ExecFailure {
  if (call.fault?.kind === 'garbage') {
    return { stdout: call.fault.stdout, stderr: '', exitCode: 0 };
  }
  const { namespace, pod, container } = target;
  return call.cluster.exec({
    namespace,
    pod,
    container,
    command: call.request.query.getAll('command'),
    ...(stdin === undefined ? {} : { stdin }),
  });
}

async function sendOutcome(
  call: Call,
  socket: WebSocket,
  outcome: ExecResult | ExecFailure,
): Promise<void> {
  if ('failure' in outcome) {
    await sendStatus(socket, internalError(outcome.message).status);
    socket.close(1000);
    return;
  }
  const { fault } = call;
  const isCut = fault?.kind === 'cut' || fault?.kind === 'output-cut';
  let left = isCut ? fault.afterBytes : Infinity;
  for (const [channel, bytes] of outputOf(call, outcome)) {
    left -= await sendOnChannel(socket, channel, bytes.subarray(0, Math.max(0, left)));
  }
  if (fault?.kind === 'cut') {
    socket.terminate();
    return;
  }
  if (!isCut) await sendStatus(socket, exitStatus(outcome.exitCode));
  socket.close(1000);
}

/** The streams that the client wants, by channel; a terminal has one for both. */
function outputOf(call: Call, { stdout, stderr }: ExecResult): [number, Buffer][] {
  const { query } = call.request;
  const output: [number, Buffer][] = [];
  if (flag(query, 'stdout')) output.push([CHANNEL.stdout, Buffer.from(stdout)]);
  if (flag(query, 'tty')) output.push([CHANNEL.stdout, Buffer.from(stderr)]);
  else if (flag(query, 'stderr')) output.push([CHANNEL.stderr, Buffer.from(stderr)]);
  return output;
}

function exitStatus(exitCode: number): Status {
  if (exitCode === 0) return successStatus();
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: command terminated with exit code ${String(exitCode)}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  };
}
