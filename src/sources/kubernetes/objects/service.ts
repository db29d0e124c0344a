// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import {
  flag,
  listOf,
  metadata,
  text,
  textMap,
  texts,
} from '#sources/kubernetes/objects/fields.ts';

/** A Service, reduced. */
export interface Service {
  readonly namespace: string;
  readonly name: string;
  /** Without `None`; empty for headless Services. */
  readonly clusterIPs: readonly string[];
  /** Empty for Services without selector. */
  readonly selector: Readonly<Record<string, string>>;
}

const serviceSchema = z.object({
  metadata,
  spec: z.object({ clusterIP: text, clusterIPs: texts, selector: textMap }),
});

/** Reduces a Service; undefined when it is malformed. */
export function projectService(item: unknown): Service | undefined {
  const result = serviceSchema.safeParse(item);
  if (!result.success) return undefined;
  const { metadata: meta, spec } = result.data;
  const ips = spec.clusterIPs.length > 0 ? spec.clusterIPs : [spec.clusterIP ?? 'None'];
  return {
    namespace: meta.namespace ?? '',
    name: meta.name,
    clusterIPs: ips.filter((ip) => ip !== 'None' && ip !== ''),
    selector: spec.selector,
  };
}

/** Addresses of an EndpointSlice. */
export interface SliceAddresses {
  readonly ready: readonly string[];
  readonly notReady: readonly string[];
}

const sliceSchema = z.object({
  endpoints: listOf(
    z.object({
      addresses: texts,
      conditions: z.catch(z.optional(z.object({ ready: flag })), undefined),
    }),
  ),
});

/** Reduces an EndpointSlice. A condition `ready` that is not known means ready (discovery.k8s.io/v1). */
export function projectEndpointSlice(item: unknown): SliceAddresses | undefined {
  const result = sliceSchema.safeParse(item);
  if (!result.success) return undefined;
  const addressesWhere = (ready: boolean): readonly string[] =>
    result.data.endpoints
      .filter(({ conditions }) => (conditions?.ready ?? true) === ready)
      .flatMap(({ addresses }) => addresses);
  return { ready: addressesWhere(true), notReady: addressesWhere(false) };
}

const nameSchema = z.object({ metadata });

/** The UID of an object; undefined when it is malformed or has none. */
export function uidOf(item: unknown): string | undefined {
  const result = nameSchema.safeParse(item);
  return result.success ? result.data.metadata.uid : undefined;
}

const versionSchema = z.object({ gitVersion: z.string().check(z.maxLength(64)) });

/** `gitVersion` of `/version`; undefined when the answer is something else. */
export function serverVersion(body: unknown): string | undefined {
  const result = versionSchema.safeParse(body);
  return result.success ? result.data.gitVersion : undefined;
}

const configMapSchema = z.object({
  data: z.catch(z.record(z.string(), z.unknown()), () => ({})),
});

/** One value of a ConfigMap; undefined when there is none. */
export function configMapValue(body: unknown, key: string): string | undefined {
  const result = configMapSchema.safeParse(body);
  const value = result.success ? result.data.data[key] : undefined;
  return typeof value === 'string' ? value : undefined;
}
