// SPDX-License-Identifier: Apache-2.0

import { access } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import type { ConnectOptions } from '#sources/kubernetes/connect-options.ts';
import { type Kubeconfig, loadKubeconfig } from '#sources/kubernetes/kubeconfig.ts';
import type { ClusterEntry, UserEntry } from '#sources/kubernetes/kubeconfig-schema.ts';
import { SourceError } from '#sources/source-error.ts';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** One cluster and one user, chosen; flags already applied. */
export interface ClusterTarget {
  /** Name of the context, or `in-cluster`. */
  readonly contextName: string;
  readonly server: URL;
  readonly cluster: ClusterEntry;
  readonly user: UserEntry;
}

/**
 * Finds the cluster to talk to: kubeconfig, else the pod's service account, else `--server` alone.
 *
 * @throws SourceError `no-kubeconfig`, `kubeconfig-not-found`, `invalid-kubeconfig`, `unknown-context`
 */
export async function findClusterTarget(options: ConnectOptions): Promise<ClusterTarget> {
  const kubeconfig = await loadKubeconfig(options);
  if (kubeconfig !== undefined && namesACluster(kubeconfig, options)) {
    return selectTarget(kubeconfig, options);
  }
  const inCluster = await inClusterTarget(options);
  if (inCluster !== undefined) return inCluster;
  if (options.server !== undefined) return withFlags('', {}, {}, options);
  throw new SourceError('no-kubeconfig', { operation: 'connect', target: 'Kubernetes' });
}

function namesACluster(kubeconfig: Kubeconfig, options: ConnectOptions): boolean {
  return (
    (options.context ?? kubeconfig.currentContext ?? options.cluster ?? options.user) !== undefined
  );
}

/**
 * Picks context, cluster and user of a kubeconfig and lays the flags over them.
 *
 * @throws SourceError `invalid-kubeconfig`, `unknown-context`
 */
export function selectTarget(kubeconfig: Kubeconfig, options: ConnectOptions): ClusterTarget {
  const contextName = options.context ?? kubeconfig.currentContext ?? '';
  const context = kubeconfig.contexts.get(contextName);
  if (context === undefined && contextName !== '') {
    throw new SourceError('unknown-context', {
      operation: 'connect',
      target: `context ${contextName}`,
    });
  }
  const cluster = pick(kubeconfig.clusters, options.cluster ?? context?.cluster, 'cluster');
  const user = pick(kubeconfig.users, options.user ?? context?.user, 'user');
  return withFlags(contextName, cluster, user, options);
}

function pick<T extends object>(
  entries: ReadonlyMap<string, T>,
  name: string | null | undefined,
  what: string,
): T | Record<string, never> {
  if (!name) return {};
  const found = entries.get(name);
  if (found === undefined) {
    throw new SourceError('invalid-kubeconfig', {
      operation: 'connect',
      target: `${what} ${name}`,
      detail: `the kubeconfig defines no such ${what}`,
    });
  }
  return found;
}

async function inClusterTarget(options: ConnectOptions): Promise<ClusterTarget | undefined> {
  const env = options.env ?? process.env;
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = env['KUBERNETES_SERVICE_PORT'];
  const tokenFile = `${SERVICE_ACCOUNT}/token`;
  if (host === undefined || port === undefined) return undefined;
  try {
    await access(tokenFile);
  } catch {
    return undefined;
  }
  const cluster = {
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    'certificate-authority': `${SERVICE_ACCOUNT}/ca.crt`,
  };
  return withFlags('in-cluster', cluster, { tokenFile }, options);
}

function withFlags(
  contextName: string,
  cluster: ClusterEntry,
  user: UserEntry,
  options: ConnectOptions,
): ClusterTarget {
  const merged = { ...cluster, ...clusterFlags(options) };
  const server = merged.server ? URL.parse(merged.server) : null;
  if (server === null || !/^https?:$/.test(server.protocol)) {
    throw new SourceError('invalid-kubeconfig', {
      operation: 'connect',
      target: contextName === '' ? 'the cluster' : `context ${contextName}`,
      detail: 'the address of the server is missing or is no http or https URL',
    });
  }
  return { contextName, server, cluster: merged, user: { ...user, ...userFlags(options) } };
}

function clusterFlags(options: ConnectOptions): ClusterEntry {
  const { server, insecureSkipTlsVerify, certificateAuthority, tlsServerName } = options;
  return {
    ...(server !== undefined && { server }),
    ...(insecureSkipTlsVerify !== undefined && {
      'insecure-skip-tls-verify': insecureSkipTlsVerify,
    }),
    ...(certificateAuthority !== undefined && {
      'certificate-authority': certificateAuthority,
      'certificate-authority-data': undefined,
    }),
    ...(tlsServerName !== undefined && { 'tls-server-name': tlsServerName }),
  };
}

/** A flag's credentials replace all of the kubeconfig's, as for kubectl (clientcmd: mergo over auth info). */
function userFlags(options: ConnectOptions): UserEntry {
  const { token, username, password, clientCertificate, clientKey } = options;
  const { as, asGroups, asUid } = options;
  return {
    ...(token !== undefined && {
      token,
      tokenFile: undefined,
      exec: undefined,
      'auth-provider': undefined,
    }),
    ...(username !== undefined && { username, exec: undefined, 'auth-provider': undefined }),
    ...(password !== undefined && { password }),
    ...(clientCertificate !== undefined && {
      'client-certificate': clientCertificate,
      'client-certificate-data': undefined,
    }),
    ...(clientKey !== undefined && { 'client-key': clientKey, 'client-key-data': undefined }),
    ...(as !== undefined && { as, 'as-groups': undefined, 'as-uid': undefined }),
    ...(asGroups !== undefined && asGroups.length > 0 && { 'as-groups': asGroups }),
    ...(asUid !== undefined && { 'as-uid': asUid }),
  };
}
