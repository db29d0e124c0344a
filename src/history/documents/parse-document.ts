// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { DOCUMENT_SCHEMA_VERSION, type DocumentContent } from '#report/cluster-document.ts';

/** Longest text of a field, characters. */
const MAX_TEXT = 65_536;
const text = z.string().check(z.maxLength(MAX_TEXT));
const maybeText = z.exactOptional(text);
const texts = z.array(text);
const textMap = z.record(text, text);
const setting = z.object({ name: text, value: text });
const amounts = z.object({
  cpuCores: z.exactOptional(z.number()),
  memoryBytes: z.exactOptional(z.number()),
});

const node = z.object({
  name: text,
  roles: texts,
  internalIPs: texts,
  externalIPs: texts,
  podCIDRs: texts,
  os: text,
  osImage: text,
  kernel: text,
  kubelet: text,
  runtime: text,
  createdAt: text,
  ready: z.exactOptional(z.object({ status: text, since: maybeText })),
  boot: z.object({
    id: maybeText,
    kernelAt: maybeText,
    upSince: maybeText,
    sharedWith: texts,
    evidence: text,
  }),
});

const restart = z.discriminatedUnion('state', [
  z.object({ state: z.enum(['together', 'apart']), from: text, to: text }),
  z.object({ state: z.literal('unknown'), why: text }),
]);

const flannel = z.object({
  kind: z.enum(['daemonset', 'embedded']),
  namespace: maybeText,
  name: maybeText,
  image: maybeText,
  version: maybeText,
  annotationPrefix: text,
  configMap: maybeText,
  requests: z.exactOptional(textMap),
  limits: z.exactOptional(textMap),
  updateStrategy: maybeText,
  owners: z.exactOptional(z.array(z.object({ name: text, evidence: text }))),
});

const workload = z.object({
  purpose: z.enum(['flannel', 'coredns', 'kube-proxy', 'metrics-server']),
  namespace: text,
  workload: z.object({ kind: text, name: text }),
  pods: z.number(),
  containers: z.array(
    z.object({
      name: text,
      role: z.enum(['app', 'init', 'sidecar']),
      image: text,
      requests: amounts,
      limits: amounts,
      pods: z.number(),
    }),
  ),
});

const change = z.object({
  id: text,
  at: text,
  user: text,
  node: maybeText,
  what: text,
  remedy: text,
  outcome: text,
  verdict: maybeText,
  undoneBy: maybeText,
});

const suppression = z.object({
  check: text,
  node: maybeText,
  peer: maybeText,
  object: maybeText,
  message: maybeText,
  reason: text,
  expires: text,
});

const contentSchema: z.ZodMiniType<DocumentContent> = z.object({
  cluster: z.object({ uid: maybeText, version: maybeText }),
  nodes: z.array(node),
  restart,
  flannel: z.exactOptional(flannel),
  netConf: z.array(setting),
  workloads: z.array(workload),
  versions: z.array(z.object({ component: text, version: text, nodes: texts })),
  changes: z.array(change),
  accepted: z.exactOptional(z.array(suppression)),
  unread: z.array(z.object({ what: text, why: text })),
});

const kept = z.object({ schemaVersion: z.number(), content: z.unknown() });

/** A page as it was written once, or why it cannot be taken; one sentence. */
export type ReadDocument =
  { readonly content: DocumentContent; readonly madeAt?: string } | { readonly why: string };

const madeSchema = z.object({ made: z.object({ at: z.iso.datetime() }) });

/** Reads the JSON form of a page, as it was printed or as a history keeps it. Never throws. */
export function parseDocument(input: string): ReadDocument {
  const value = jsonOf(input);
  const outer = kept.safeParse(value);
  if (!outer.success) return { why: 'It is not the JSON form of a page of selvage document.' };
  const { schemaVersion, content } = outer.data;
  if (schemaVersion > DOCUMENT_SCHEMA_VERSION) {
    return { why: 'It was written by a newer Selvage, in a form that this one does not know.' };
  }
  const parsed = contentSchema.safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path.map(String).join('.') ?? '';
    return { why: `Its field content.${path} is not as a page has it.` };
  }
  const made = madeSchema.safeParse(value);
  return { content: parsed.data, ...(made.success && { madeAt: made.data.made.at }) };
}

function jsonOf(input: string): unknown {
  try {
    return JSON.parse(input);
  } catch {
    return undefined;
  }
}

/** A page as a history keeps it: what does not change while the cluster stays the same, and nothing else. */
export function keptText(content: DocumentContent): string {
  return JSON.stringify({ schemaVersion: DOCUMENT_SCHEMA_VERSION, content });
}
