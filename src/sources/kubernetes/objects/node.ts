// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import type { Condition, NodeObject } from '#model/cluster.ts';
import {
  defined,
  flag,
  listOf,
  metadata,
  sentence,
  text,
  textMap,
  texts,
} from '#sources/kubernetes/objects/fields.ts';
import { type K3sFlags, k3sFlagsOf } from '#sources/kubernetes/objects/k3s-flags.ts';
import { nonEmpty } from '#sources/plain-text.ts';

const nodeSchema = z.object({
  metadata,
  spec: z.catch(
    z.object({
      podCIDR: text,
      podCIDRs: texts,
      unschedulable: flag,
      taints: listOf(z.object({ key: z.string(), value: text, effect: z.string() })),
    }),
    () => ({ podCIDR: undefined, podCIDRs: [], unschedulable: undefined, taints: [] }),
  ),
  status: z.catch(
    z.object({
      addresses: listOf(z.object({ type: z.string(), address: z.string() })),
      conditions: listOf(
        z.object({
          type: z.string(),
          status: z.string(),
          reason: text,
          message: sentence,
          lastTransitionTime: text,
        }),
      ),
      nodeInfo: textMap,
    }),
    () => ({ addresses: [], conditions: [], nodeInfo: {} }),
  ),
});

type RawNode = z.infer<typeof nodeSchema>;

/** Suffixes of flannel's annotation keys (flannel@v0.28.9:pkg/subnet/kube/annotations.go, newAnnotations). */
const FLANNEL_KEY =
  /[/-](?:kube-subnet-manager|backend-type|backend-data|backend-v6-data|(?:node-)?public-ip(?:v6)?|public-ip(?:v6)?-overwrite)$/;

/** A Node, and what of it is read but not kept. */
export interface ProjectedNode {
  readonly node: NodeObject;
  /** Absent when it is no node of k3s, or does not tell. */
  readonly k3sFlags?: K3sFlags | undefined;
}

/** Reduces a Node to what checks and collectors read; undefined when it has no name. */
export function projectNode(item: unknown): ProjectedNode | undefined {
  const result = nodeSchema.safeParse(item);
  if (!result.success) return undefined;
  return { node: nodeOf(result.data), k3sFlags: k3sFlagsOf(result.data.metadata.annotations) };
}

function nodeOf({ metadata: meta, spec, status }: RawNode): NodeObject {
  const { nodeInfo } = status;
  const info = (field: string): string => nodeInfo[field] ?? '';
  return defined({
    name: meta.name,
    uid: meta.uid ?? '',
    createdAt: meta.creationTimestamp ?? '',
    os: meta.labels['kubernetes.io/os'] ?? nodeInfo['operatingSystem'] ?? 'linux',
    podCIDRs: spec.podCIDRs.length > 0 ? spec.podCIDRs : single(spec.podCIDR),
    internalIPs: addressesOf(status, 'InternalIP'),
    externalIPs: addressesOf(status, 'ExternalIP'),
    conditions: status.conditions.map(conditionOf),
    taints: spec.taints.map((taint) => defined(taint)),
    unschedulable: spec.unschedulable ?? false,
    controlPlane:
      'node-role.kubernetes.io/control-plane' in meta.labels ||
      'node-role.kubernetes.io/master' in meta.labels,
    labels: meta.labels,
    kubeletVersion: info('kubeletVersion'),
    osImage: info('osImage'),
    kernelVersion: info('kernelVersion'),
    containerRuntimeVersion: info('containerRuntimeVersion'),
    bootId: nonEmpty(nodeInfo['bootID']),
    flannelAnnotations: flannelAnnotations(meta.annotations),
  });
}

function single(value: string | undefined): readonly string[] {
  return value === undefined || value === '' ? [] : [value];
}

function addressesOf(status: RawNode['status'], type: string): readonly string[] {
  return status.addresses.filter((item) => item.type === type).map((item) => item.address);
}

function conditionOf(raw: RawNode['status']['conditions'][number]): Condition {
  const { type, status, reason, message, lastTransitionTime } = raw;
  return defined({
    type,
    status: status === 'True' || status === 'False' ? status : 'Unknown',
    reason,
    message,
    lastTransitionAt: lastTransitionTime,
  } as const);
}

function flannelAnnotations(
  annotations: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => FLANNEL_KEY.test(key)));
}
