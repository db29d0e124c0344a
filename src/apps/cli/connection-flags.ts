// SPDX-License-Identifier: Apache-2.0

import type { Command } from 'commander';

import { collectList, durationMs, durationText } from './flag-values.ts';
import type { GivenFlags } from './flag-words.ts';

/** kubectl's flags that say which cluster to talk to, and as whom. Absent means what the kubeconfig says. */
export interface ConnectionFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly cluster?: string;
  readonly user?: string;
  readonly as?: string;
  readonly asGroup?: readonly string[];
  readonly asUid?: string;
  readonly server?: string;
  readonly token?: string;
  readonly tlsServerName?: string;
  readonly certificateAuthority?: string;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  readonly insecureSkipTlsVerify?: true;
  /** Milliseconds; 0 means no limit. */
  readonly requestTimeout?: number;
  /** Of what a command is about; accepted by the others, since people and aliases pass it. */
  readonly namespace?: string;
}

/** The flags that choose a cluster or a user, by their names in {@link ConnectionFlags}. */
export const CONNECTION_FLAGS: readonly (keyof ConnectionFlags)[] = Object.keys({
  kubeconfig: true,
  context: true,
  cluster: true,
  user: true,
  as: true,
  asGroup: true,
  asUid: true,
  server: true,
  token: true,
  tlsServerName: true,
  certificateAuthority: true,
  clientCertificate: true,
  clientKey: true,
  insecureSkipTlsVerify: true,
  requestTimeout: true,
} satisfies Record<Exclude<keyof ConnectionFlags, 'namespace'>, true>) as (keyof ConnectionFlags)[];

/** The flags that choose a cluster or a user as they were given, to be told again; a token is not told. */
export function connectionWords(flags: ConnectionFlags): GivenFlags {
  const told = CONNECTION_FLAGS.filter((name) => name !== 'token');
  return Object.fromEntries(
    told.map((name) => {
      const value = flags[name];
      return [name, typeof value === 'number' ? durationText(value) : value] as const;
    }),
  );
}

/**
 * Adds kubectl's connection flags, spelt and meant as in `kubectl options`.
 *
 * @param namespace what `-n` means to the command
 */
export function addConnectionFlags(
  command: Command,
  namespace = 'accepted and not used: the whole cluster is checked',
): Command {
  return command
    .optionsGroup('Which cluster, and as whom (as in kubectl):')
    .option('--kubeconfig <file>', 'kubeconfig file; default KUBECONFIG, then ~/.kube/config')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--cluster <name>', 'cluster of the kubeconfig')
    .option('--user <name>', 'user of the kubeconfig')
    .option('--as <user>', 'user to impersonate')
    .option('--as-group <group>', 'group to impersonate; may be repeated', collectList)
    .option('--as-uid <uid>', 'UID to impersonate')
    .option('-s, --server <url>', 'address of the API server')
    .option('--token <token>', 'bearer token; others can see it in the process list')
    .option('--tls-server-name <name>', "name that the server's certificate has to carry")
    .option('--certificate-authority <file>', "certificate authority of the server's certificate")
    .option('--client-certificate <file>', 'client certificate in PEM')
    .option('--client-key <file>', "client certificate's key in PEM")
    .option('--insecure-skip-tls-verify', "do not verify the server's certificate")
    .option(
      '--request-timeout <duration>',
      'limit of one API request: 30s, 1m; 0 for none',
      durationMs,
    )
    .option('-n, --namespace <name>', namespace);
}
