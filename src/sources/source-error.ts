// SPDX-License-Identifier: Apache-2.0

import { plainText } from '#sources/plain-text.ts';

interface ErrorEntry {
  /** What happened; a clause that follows the operation and target. */
  readonly what: string;
  /** Why it usually happens; one sentence. */
  readonly why: string;
  /** What to do about it; one sentence. */
  readonly hint: string;
  /** The same call may succeed later without anyone changing anything. */
  readonly retryable: boolean;
}

function entry(what: string, why: string, hint: string, retryable = false): ErrorEntry {
  return { what, why, hint, retryable };
}

/** Stable code of a failure. */
export type SourceErrorCode =
  | 'no-kubeconfig'
  | 'kubeconfig-not-found'
  | 'invalid-kubeconfig'
  | 'unknown-context'
  | 'credential-plugin'
  | 'unreachable'
  | 'tls'
  | 'unauthorized'
  | 'expired-credentials'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'gone'
  | 'bad-request'
  | 'throttled'
  | 'server-error'
  | 'timed-out'
  | 'cancelled'
  | 'cut-off'
  | 'not-json'
  | 'too-large'
  | 'file-unreadable'
  | 'file-unwritable'
  | 'file-exists'
  | 'invalid-suppressions'
  | 'not-a-bundle'
  | 'bundle-cut-off'
  | 'bundle-damaged'
  | 'bundle-too-large'
  | 'bundle-too-new'
  | 'exec-failed'
  | 'executable-not-found'
  | 'container-not-running'
  | 'no-flannel-pod'
  | 'debug-pod-failed'
  | 'no-debug-image'
  | 'node-unreachable'
  | 'websocket-refused'
  | 'query-failed'
  | 'unsupported';

/** Every way in which a source can fail: one entry per stable code. */
const CATALOGUE: Readonly<Record<SourceErrorCode, ErrorEntry>> = {
  'no-kubeconfig': entry(
    'no kubeconfig was found',
    'Neither a flag, nor KUBECONFIG, nor ~/.kube/config names a cluster, and this is no pod of one.',
    'Name a file with --kubeconfig or set KUBECONFIG.',
  ),
  'kubeconfig-not-found': entry(
    'there is no such kubeconfig',
    'The file that --kubeconfig names does not exist.',
    'Look at the path, or leave the flag out to use KUBECONFIG or ~/.kube/config.',
  ),
  'invalid-kubeconfig': entry(
    'the kubeconfig cannot be used',
    'A file is unreadable, is not YAML, or lacks what the chosen context needs.',
    'Compare with `kubectl config view`.',
  ),
  'unknown-context': entry(
    'the kubeconfig has no such context',
    'The name is misspelt, or the file that defines it is not in KUBECONFIG.',
    'List the names with `kubectl config get-contexts`.',
  ),
  'credential-plugin': entry(
    'the credentials could not be obtained',
    'The credential plugin or identity provider that the kubeconfig names failed.',
    'Run `kubectl get nodes` with the same kubeconfig to see its own message, and sign in again.',
  ),
  unreachable: entry(
    'the server cannot be reached',
    'The address is wrong, the server is down, or a firewall or VPN is in between.',
    'Try `kubectl version` with the same kubeconfig from the same machine.',
    true,
  ),
  tls: entry(
    'the TLS connection failed',
    "The server's certificate is not trusted, names another host, or has expired.",
    'Set the right certificate-authority or tls-server-name in the kubeconfig.',
  ),
  unauthorized: entry(
    'the server does not accept the credentials',
    'The token or certificate is wrong, revoked or has expired.',
    'Sign in again, then try `kubectl get nodes`.',
  ),
  'expired-credentials': entry(
    'the credentials have expired',
    'The client certificate or token of the kubeconfig is past its end.',
    'Sign in again or fetch a new kubeconfig.',
  ),
  forbidden: entry(
    'the right is missing',
    'No role of this user grants it.',
    'Ask for the ClusterRole that the documentation lists.',
  ),
  'not-found': entry(
    'it does not exist',
    'It was deleted in the meantime, or never was there.',
    'Run again.',
  ),
  conflict: entry(
    'it was changed by somebody else at the same time',
    'Another client wrote the object first.',
    'Run again.',
    true,
  ),
  gone: entry(
    'the server no longer holds the state that was asked for',
    'The list took longer than the server keeps old states, twice.',
    'Run again when the server is less busy.',
    true,
  ),
  'bad-request': entry(
    'the server does not understand the request',
    'The server is no Kubernetes API of a supported version, or a proxy changed the request.',
    'Check the server address of the context.',
  ),
  throttled: entry(
    'the server turns requests away',
    'It is overloaded, or its priority and fairness settings limit this user.',
    'Run again later.',
    true,
  ),
  'server-error': entry(
    'the server failed',
    'The API server or what is behind it has a fault of its own.',
    "Look at the API server's log.",
    true,
  ),
  'timed-out': entry(
    'there was no answer in time',
    'The other side is slow or silent, or the network drops packets.',
    'Run again with a longer time limit.',
    true,
  ),
  cancelled: entry(
    'it was cancelled',
    'The run was ended before the answer came.',
    'Run again.',
    true,
  ),
  'cut-off': entry(
    'the answer ended in the middle',
    'The connection broke, or a proxy on the way limits size or time.',
    'Run again; if it stays, talk to the API server without the proxy.',
    true,
  ),
  'not-json': entry(
    'the answer is not what was expected',
    'A proxy or another program answered, or the format changed.',
    'Run the command by hand and look at its output.',
  ),
  'too-large': entry(
    'the answer is larger than the limit',
    'Something produces far more than any node needs.',
    'Run the command by hand and look at its output.',
  ),
  'file-unreadable': entry(
    'the file cannot be read',
    'It does not exist, is a folder, or may not be read by this user.',
    'Look at the path and its permissions with `ls -l`.',
  ),
  'file-unwritable': entry(
    'the file cannot be written',
    'Its folder does not exist or may not be written by this user, or the disk is full.',
    'Name another file, or make room.',
  ),
  'file-exists': entry(
    'a file of that name exists',
    'Nothing is overwritten unless it is asked for.',
    'Name another file, or replace it with --force.',
  ),
  'invalid-suppressions': entry(
    'the file of suppressions cannot be used',
    'It is no YAML, or an entry lacks its reason or date, or has a key that is not known.',
    'Compare it with docs/guide/suppressions.md.',
  ),
  'not-a-bundle': entry(
    'the file is no bundle',
    'Another program wrote it, or it was unpacked.',
    'Use a file as `selvage snapshot` wrote it.',
  ),
  'bundle-cut-off': entry(
    'the bundle ends in the middle',
    'It was not copied or downloaded to its end, or a disk was full.',
    'Copy it again and compare the sizes.',
  ),
  'bundle-damaged': entry(
    'the bundle is damaged',
    'It was changed after it was written, or a copy went wrong.',
    'Copy it again, or take a new one with `selvage snapshot`.',
  ),
  'bundle-too-large': entry(
    'the bundle is larger than the limit',
    'No cluster of a size that Kubernetes supports makes one like it.',
    'Ask who made the file, and take a new one with `selvage snapshot`.',
  ),
  'bundle-too-new': entry(
    'the bundle is of a newer version',
    'A newer Selvage wrote it, and this one would misread it.',
    'Use the version that wrote it, or a newer one.',
  ),
  'exec-failed': entry(
    'the command could not be run in the container',
    'The container runtime refused it.',
    "Look at the kubelet's and the runtime's log on that node.",
  ),
  'executable-not-found': entry(
    'the container has no shell',
    'Its image is built without one.',
    'Use an image of flannel that has sh and iproute2.',
  ),
  'container-not-running': entry(
    'the container is not running',
    'It crashed, is starting, or is being deleted.',
    'Look at the pod with `kubectl describe`.',
    true,
  ),
  'no-flannel-pod': entry(
    'no flannel pod runs there',
    'The DaemonSet does not select the node, or the scheduler or kubelet could not start it.',
    "Look at the DaemonSet's and the node's events.",
  ),
  'debug-pod-failed': entry(
    'the debug pod did not start',
    'Its image is not on the node and cannot be pulled, or the kubelet is down or refuses the pod.',
    'Name an image that the node has with --debug-image, and look at the events of the node.',
    true,
  ),
  'no-debug-image': entry(
    'no image for a debug pod is known there',
    'None of the images that the node reports is known to have sh and ip.',
    'Name one with --debug-image.',
  ),
  'node-unreachable': entry(
    "the API server cannot reach the node's kubelet",
    'The node is down, or its port 10250 is blocked.',
    'Check the node and the path between the control plane and it.',
    true,
  ),
  'websocket-refused': entry(
    'the connection cannot be upgraded to a WebSocket',
    'A proxy in front of the API server does not let WebSocket through.',
    'Use the API server directly, or allow upgrades in the proxy.',
  ),
  'query-failed': entry(
    'the query was not answered',
    'The server is down, overloaded or starting, asks for a token, or the query is too much for it.',
    "Look at the server's own page and log; ask for less time with --since, or for one workload.",
    true,
  ),
  unsupported: entry(
    'it cannot be had this way',
    'What is asked for does not exist on this system.',
    'See the documentation on ways into a node.',
  ),
};

/** Every code, for tests and documentation. */
export const SOURCE_ERROR_CODES: readonly SourceErrorCode[] = Object.keys(
  CATALOGUE,
) as SourceErrorCode[];

/** Where and how something failed. */
export interface SourceErrorContext {
  /** What was tried: `list nodes`, `exec`, `read kubeconfig`. */
  readonly operation: string;
  /** On what: `https://10.0.0.1:6443`, `pod kube-flannel/kube-flannel-ds-x2x9p`. */
  readonly target: string;
  /** The other side's own words; made plain and bounded here. */
  readonly detail?: string;
  /** For debuggers. Reduced to name, code and message: a client's exception may carry headers. */
  readonly cause?: unknown;
}

/**
 * An operational failure of a source. `message` is one line for a person, free of control characters, headers and
 * credentials; `why` and `hint` are whole sentences.
 */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly code: SourceErrorCode;
  readonly operation: string;
  readonly target: string;
  readonly retryable: boolean;
  readonly why: string;
  readonly hint: string;

  constructor(code: SourceErrorCode, context: SourceErrorContext) {
    const { what, why, hint, retryable } = CATALOGUE[code];
    const operation = plainText(context.operation);
    const target = plainText(context.target);
    const detail = context.detail === undefined ? '' : withoutPeriod(plainText(context.detail));
    super(`${operation}: ${target}: ${what}${detail === '' ? '' : ` (${detail})`}.`, {
      cause: reducedCause(context.cause),
    });
    this.code = code;
    this.operation = operation;
    this.target = target;
    this.retryable = retryable;
    this.why = why;
    this.hint = hint;
  }
}

/** Whether a thrown value is a {@link SourceError}, of one of the codes when some are given. */
export function isSourceError(
  error: unknown,
  ...codes: readonly SourceErrorCode[]
): error is SourceError {
  return error instanceof SourceError && (codes.length === 0 || codes.includes(error.code));
}

function withoutPeriod(text: string): string {
  return text.endsWith('.') ? text.slice(0, -1) : text;
}

/** Name, system code and message of a foreign exception; its other fields may hold requests with tokens. */
function reducedCause(cause: unknown): unknown {
  if (cause === undefined || cause instanceof SourceError) return cause;
  if (!(cause instanceof Error)) return undefined;
  const code = 'code' in cause && typeof cause.code === 'string' ? { code: cause.code } : {};
  // A JSON syntax error quotes its input, which may be a credential plugin's token.
  const message = cause instanceof SyntaxError ? 'unexpected syntax' : plainText(cause.message);
  return { name: cause.name, message, ...code };
}
