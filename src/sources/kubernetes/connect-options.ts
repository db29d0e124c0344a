// SPDX-License-Identifier: Apache-2.0

/** How to reach a cluster: kubectl's flags under kubectl's names. Absent or undefined: as the kubeconfig says. */
export interface ConnectOptions {
  /** Path of the one kubeconfig to use, instead of KUBECONFIG and `~/.kube/config`. */
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  /** Name of a cluster entry of the kubeconfig. */
  readonly cluster?: string | undefined;
  /** Name of a user entry of the kubeconfig. */
  readonly user?: string | undefined;
  /** User to impersonate. */
  readonly as?: string | undefined;
  /** Groups to impersonate. */
  readonly asGroups?: readonly string[] | undefined;
  /** UID to impersonate. */
  readonly asUid?: string | undefined;
  /** URL of the API server. */
  readonly server?: string | undefined;
  /** Time limit of one request, milliseconds, from the first byte sent to the last received. */
  readonly requestTimeoutMs?: number | undefined;
  readonly insecureSkipTlsVerify?: boolean | undefined;
  /** Path of a PEM file. */
  readonly certificateAuthority?: string | undefined;
  readonly tlsServerName?: string | undefined;
  /** Path of a PEM file. */
  readonly clientCertificate?: string | undefined;
  /** Path of a PEM file. */
  readonly clientKey?: string | undefined;
  readonly token?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Environment to read KUBECONFIG, proxies and in-cluster variables from; default the process's. */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** Default time limit of one request, milliseconds. */
export const DEFAULT_REQUEST_TIMEOUT_MS = 15_000;
