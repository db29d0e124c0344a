// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';

/** A cluster entry (kubernetes@v1.34.4:staging/src/k8s.io/client-go/tools/clientcmd/api/v1/types.go). */
export interface ClusterEntry {
  readonly server?: string | null | undefined;
  readonly 'certificate-authority'?: string | null | undefined;
  readonly 'certificate-authority-data'?: string | null | undefined;
  readonly 'insecure-skip-tls-verify'?: boolean | null | undefined;
  readonly 'tls-server-name'?: string | null | undefined;
  readonly 'proxy-url'?: string | null | undefined;
}

/** A credential plugin of a user entry. */
export interface ExecEntry {
  readonly apiVersion?: string | null | undefined;
  readonly command: string;
  readonly args?: readonly string[] | null | undefined;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null | undefined;
  readonly provideClusterInfo?: boolean | null | undefined;
}

/** A user entry. */
export interface UserEntry {
  readonly 'client-certificate'?: string | null | undefined;
  readonly 'client-certificate-data'?: string | null | undefined;
  readonly 'client-key'?: string | null | undefined;
  readonly 'client-key-data'?: string | null | undefined;
  readonly token?: string | null | undefined;
  readonly tokenFile?: string | null | undefined;
  readonly username?: string | null | undefined;
  readonly password?: string | null | undefined;
  readonly as?: string | null | undefined;
  readonly 'as-uid'?: string | null | undefined;
  readonly 'as-groups'?: readonly string[] | null | undefined;
  readonly 'auth-provider'?: AuthProviderEntry | null | undefined;
  readonly exec?: ExecEntry | null | undefined;
}

/** A legacy authenticator of a user entry, e.g. `oidc`. */
export interface AuthProviderEntry {
  readonly name: string;
  readonly config?: Readonly<Record<string, unknown>> | null | undefined;
}

/** A context entry. */
export interface ContextEntry {
  readonly cluster?: string | null | undefined;
  readonly user?: string | null | undefined;
}

/** A kubeconfig file, reduced to what is used. */
export interface KubeconfigFile {
  readonly 'current-context'?: string | null | undefined;
  readonly clusters?:
    | readonly { readonly name: string; readonly cluster?: ClusterEntry | null | undefined }[]
    | null
    | undefined;
  readonly users?:
    | readonly { readonly name: string; readonly user?: UserEntry | null | undefined }[]
    | null
    | undefined;
  readonly contexts?:
    | readonly { readonly name: string; readonly context?: ContextEntry | null | undefined }[]
    | null
    | undefined;
}

const text = z.nullish(z.string());
const flag = z.nullish(z.boolean());

const cluster = z.object({
  server: text,
  'certificate-authority': text,
  'certificate-authority-data': text,
  'insecure-skip-tls-verify': flag,
  'tls-server-name': text,
  'proxy-url': text,
});

const exec = z.object({
  apiVersion: text,
  command: z.string(),
  args: z.nullish(z.array(z.string())),
  env: z.nullish(z.array(z.object({ name: z.string(), value: z.string() }))),
  provideClusterInfo: flag,
});

const authProvider = z.object({
  name: z.string(),
  config: z.nullish(z.record(z.string(), z.unknown())),
});

const user = z.object({
  'client-certificate': text,
  'client-certificate-data': text,
  'client-key': text,
  'client-key-data': text,
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  as: text,
  'as-uid': text,
  'as-groups': z.nullish(z.array(z.string())),
  'auth-provider': z.nullish(authProvider),
  exec: z.nullish(exec),
});

const context = z.object({ cluster: text, user: text });

/** Unknown fields are dropped; a known field of the wrong type is an error, as for kubectl. */
export const kubeconfigSchema: z.ZodMiniType<KubeconfigFile> = z.object({
  'current-context': text,
  clusters: z.nullish(z.array(z.object({ name: z.string(), cluster: z.nullish(cluster) }))),
  users: z.nullish(z.array(z.object({ name: z.string(), user: z.nullish(user) }))),
  contexts: z.nullish(z.array(z.object({ name: z.string(), context: z.nullish(context) }))),
});
