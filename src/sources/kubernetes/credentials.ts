// SPDX-License-Identifier: Apache-2.0

import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { ClusterTarget } from '#sources/kubernetes/cluster-target.ts';
import { environmentProxy } from '#sources/kubernetes/environment-proxy.ts';
import type { ExecEntry } from '#sources/kubernetes/kubeconfig-schema.ts';
import { nonEmpty } from '#sources/plain-text.ts';
import { SourceError } from '#sources/source-error.ts';

/** What a request needs to be accepted: the connection's TLS identity and the headers. Secret: never print it. */
export interface RequestIdentity {
  readonly agent: http.Agent;
  readonly headers: Readonly<Record<string, string | string[]>>;
}

/** Tokens are read again after this time: client-go does so for files, plugins name their own end. */
const RENEW_AFTER_MS = 60_000;
/** A plugin may have to ask a person or an identity provider. */
const PLUGIN_TIMEOUT_MS = 120_000;

interface Prepared {
  readonly identity: RequestIdentity;
  readonly certificate: string | undefined;
  readonly token: string | undefined;
  readonly preparedAt: number;
}

/**
 * The credentials of one cluster and user. Certificates, tokens, credential plugins, OIDC and proxies are the
 * official client's business; keep-alive and impersonation are ours, because client-node 2.0.1 closes each
 * connection and joins several groups into one header (kubernetes-client/javascript#2474).
 */
export class Credentials {
  readonly #target: ClusterTarget;
  readonly #env: NodeJS.ProcessEnv;
  #client: KubeConfig | undefined;
  #prepared: Promise<Prepared> | undefined;
  readonly #agents = new Map<string, http.Agent>();

  constructor(target: ClusterTarget, env: NodeJS.ProcessEnv = process.env) {
    this.#target = target;
    this.#env = env;
  }

  /**
   * The identity for the next request.
   *
   * @throws SourceError `credential-plugin`, `invalid-kubeconfig`, `timed-out`
   */
  async identity(): Promise<RequestIdentity> {
    const known = await this.#prepared;
    if (known !== undefined && Date.now() - known.preparedAt < RENEW_AFTER_MS) {
      return known.identity;
    }
    const preparing = this.#prepare();
    this.#prepared = preparing;
    // A failure is this caller's to report; the next one tries again.
    preparing.catch(() => (this.#prepared = undefined));
    return (await preparing).identity;
  }

  /** Whether asking again may give other credentials than those the server refused. */
  get renewable(): boolean {
    const { user } = this.#target;
    return Boolean(user.exec ?? user['auth-provider'] ?? user.tokenFile);
  }

  /** Forgets tokens, so that the next request asks the plugin, provider or file again. */
  renew(): void {
    this.#client = undefined;
    this.#prepared = undefined;
  }

  /** When the client certificate or the token (a JWT) is known to have ended, its end; undefined otherwise. */
  async expiredAt(): Promise<Date | undefined> {
    const prepared = await this.#prepared?.catch(() => undefined);
    const ends = [certificateEnd(prepared?.certificate), tokenEnd(prepared?.token)];
    return ends.find((end) => end !== undefined && end.getTime() < Date.now());
  }

  /** Closes all connections. */
  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }

  async #prepare(): Promise<Prepared> {
    const client = (this.#client ??= await this.#newClient());
    const options: https.RequestOptions = {};
    try {
      await withDeadline(client.applyToHTTPSOptions(options), PLUGIN_TIMEOUT_MS);
    } catch (cause) {
      throw this.#failure(cause);
    }
    const authorization = authorizationOf(options);
    const headers = {
      ...(authorization !== undefined && { Authorization: authorization }),
      ...this.#impersonation(),
    };
    return {
      identity: { agent: this.#agentOf(options), headers },
      certificate: options.cert === undefined ? undefined : String(options.cert),
      token: authorization?.replace(/^Bearer /, ''),
      preparedAt: Date.now(),
    };
  }

  async #newClient(): Promise<KubeConfig> {
    // Loaded only when a cluster is talked to: it is most of the start-up time.
    const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
    const { contextName, server, cluster, user } = this.#target;
    const client = new KubeConfig();
    const name = contextName || 'selvage';
    const insecure = cluster['insecure-skip-tls-verify'] === true;
    client.loadFromOptions({
      currentContext: name,
      contexts: [{ name, cluster: name, user: name }],
      clusters: [
        {
          name,
          server: server.href,
          caFile: cluster['certificate-authority'],
          caData: cluster['certificate-authority-data'],
          // The client refuses plain http, which has nothing to verify, unless told to skip verification.
          skipTLSVerify: insecure || server.protocol === 'http:',
          tlsServerName: nonEmpty(cluster['tls-server-name']),
          proxyUrl: this.#proxy(),
        },
      ],
      users: [
        {
          name,
          certFile: user['client-certificate'],
          certData: user['client-certificate-data'],
          keyFile: user['client-key'],
          keyData: user['client-key-data'],
          token: nonEmpty(user.token) ?? (await this.#tokenOfFile()),
          username: user.username,
          password: user.password,
          authProvider: user['auth-provider'],
          exec: user.exec ? this.#execWithInfo(user.exec) : undefined,
        },
      ],
    });
    return client;
  }

  async #tokenOfFile(): Promise<string | undefined> {
    const file = this.#target.user.tokenFile;
    if (!file) return undefined;
    try {
      return (await readFile(file, 'utf8')).trim();
    } catch (cause) {
      throw this.#failure(cause);
    }
  }

  /** client-node does not tell plugins about the request (KUBERNETES_EXEC_INFO), which some of them require. */
  #execWithInfo(exec: ExecEntry): object {
    const { server, cluster } = this.#target;
    const info = {
      apiVersion: exec.apiVersion ?? 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      spec: {
        interactive: false,
        ...(exec.provideClusterInfo === true && {
          cluster: {
            server: server.href,
            'certificate-authority-data': cluster['certificate-authority-data'] ?? undefined,
          },
        }),
      },
    };
    const env = [
      ...(exec.env ?? []),
      { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) },
    ];
    return { ...exec, env };
  }

  #impersonation(): Record<string, string | string[]> {
    const { as, 'as-groups': groups, 'as-uid': uid } = this.#target.user;
    return {
      ...(as && { 'Impersonate-User': as }),
      ...(groups && groups.length > 0 && { 'Impersonate-Group': [...groups] }),
      ...(uid && { 'Impersonate-Uid': uid }),
    };
  }

  #agentOf(options: https.RequestOptions): http.Agent {
    const { ca, cert, key } = options;
    const material = [ca, cert, key].map(String).join('\n');
    const known = this.#agents.get(material);
    if (known !== undefined) return known;
    const agent = this.#newAgent(options);
    this.#agents.set(material, agent);
    return agent;
  }

  #newAgent(options: https.RequestOptions): http.Agent {
    if (this.#proxy() !== undefined && options.agent instanceof http.Agent) return options.agent;
    if (this.#target.server.protocol === 'http:') return new http.Agent({ keepAlive: true });
    const { ca, cert, key, servername, rejectUnauthorized } = options;
    return new https.Agent({
      keepAlive: true,
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(servername !== undefined && { servername }),
      ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
    });
  }

  #proxy(): string | undefined {
    const { cluster, server } = this.#target;
    return nonEmpty(cluster['proxy-url']) ?? environmentProxy(server, this.#env);
  }

  #failure(cause: unknown): SourceError {
    if (cause instanceof SourceError) return cause;
    const { user, contextName, server } = this.#target;
    const external = Boolean(user.exec ?? user['auth-provider']);
    // A plugin's own first words say what to do; a syntax error would quote its output, the token.
    const says = cause instanceof Error && !(cause instanceof SyntaxError) ? cause.message : '';
    return new SourceError(external ? 'credential-plugin' : 'invalid-kubeconfig', {
      operation: 'prepare credentials',
      target: contextName || server.host,
      detail: says.trim().split('\n', 1)[0] ?? '',
      cause,
    });
  }
}

async function withDeadline<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no credentials within ${String(ms / 1000)} s`));
    }, ms);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

function authorizationOf({ headers, auth }: https.RequestOptions): string | undefined {
  const value =
    headers !== undefined && 'Authorization' in headers ? headers['Authorization'] : null;
  // A token file's last newline would make the header invalid.
  if (typeof value === 'string') return value.trim();
  return auth ? `Basic ${Buffer.from(auth).toString('base64')}` : undefined;
}

function certificateEnd(pem: string | undefined): Date | undefined {
  if (pem === undefined) return undefined;
  try {
    return new Date(new X509Certificate(pem).validTo);
  } catch {
    return undefined;
  }
}

function tokenEnd(token: string | undefined): Date | undefined {
  const payload = token?.split('.')[1];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const hasEnd = typeof claims === 'object' && claims !== null && 'exp' in claims;
    return hasEnd && typeof claims.exp === 'number' ? new Date(claims.exp * 1000) : undefined;
  } catch {
    return undefined;
  }
}
