// SPDX-License-Identifier: Apache-2.0

import { definedFields } from '#model/defined-fields.ts';
import type { ResourceAmounts } from '#model/resources.ts';
import type {
  DiffSection,
  DocumentBoot,
  DocumentContent,
  DocumentFlannel,
  DocumentNode,
  DocumentRestart,
  DocumentWorkload,
} from '#report/cluster-document.ts';

/** Fields of one thing, as texts. What is not known is not there. */
export type ItemFields = Readonly<Record<string, string>>;

/** The things of one section, by what a person calls them. */
export type SectionItems = ReadonlyMap<string, ItemFields>;

/** How the things of each section are told apart, and what of them counts as a difference. */
export const SECTION_ITEMS: Readonly<
  Record<DiffSection['section'], (content: DocumentContent) => SectionItems>
> = {
  cluster: ({ cluster: { uid, version } }) => one('cluster', { uid, version }),
  nodes: ({ nodes }) => new Map(nodes.map((node) => [`node ${node.name}`, nodeFields(node)])),
  restart: ({ restart }) => one('restart of the cluster', restartFields(restart)),
  flannel: ({ flannel }) => (flannel === undefined ? NOTHING : one('Flannel', ofFlannel(flannel))),
  netConf: ({ netConf }) => new Map(netConf.map(({ name, value }) => [name, { value }])),
  workloads: ({ workloads }) => new Map(workloads.flatMap(containerItems)),
  changes: ({ changes }) =>
    new Map(
      changes.map(({ id, ...change }) => [
        `change ${id}`,
        definedFields<ItemFields>({ ...change }),
      ]),
    ),
  accepted: ({ accepted = [] }) =>
    new Map(
      accepted.map(({ reason, expires, ...patterns }) => [
        Object.entries(patterns)
          .map(([name, pattern]) => `${name} ${pattern}`)
          .join(', '),
        { reason, expires },
      ]),
    ),
  unread: ({ unread }) => new Map(unread.map(({ what, why }) => [what, { why }])),
};

const NOTHING: SectionItems = new Map();

function one(what: string, fields: Readonly<Record<string, string | undefined>>): SectionItems {
  return new Map([[what, definedFields(fields) as ItemFields]]);
}

function list(values: readonly string[]): string | undefined {
  return values.length === 0 ? undefined : values.join(', ');
}

function nodeFields(node: DocumentNode): ItemFields {
  const { roles, internalIPs, externalIPs, podCIDRs, os, osImage, kernel } = node;
  return definedFields({
    roles: list(roles),
    'internal addresses': list(internalIPs),
    'external addresses': list(externalIPs),
    'pod ranges': list(podCIDRs),
    os,
    'operating system': osImage,
    kernel,
    kubelet: node.kubelet,
    'container runtime': node.runtime,
    'in the cluster since': node.createdAt,
    ready: node.ready?.status,
    'ready since': node.ready?.since,
    ...bootFields(node.boot),
  });
}

/** The oldest container tells nothing new of a node whose own start is known. */
function bootFields({
  id,
  kernelAt,
  upSince,
  sharedWith,
}: DocumentBoot): Readonly<Record<string, string | undefined>> {
  const isOwn = kernelAt !== undefined && sharedWith.length === 0;
  return {
    'boot id': id,
    'start of the kernel': kernelAt,
    'up at least since': isOwn ? undefined : upSince,
    'shares its kernel with': list(sharedWith),
  };
}

function restartFields(restart: DocumentRestart): ItemFields {
  const { state } = restart;
  return state === 'unknown'
    ? { state, why: restart.why }
    : { state, 'first start': restart.from, 'last start': restart.to };
}

function ofFlannel(flannel: DocumentFlannel): Readonly<Record<string, string | undefined>> {
  const { requests, limits, owners, ...texts } = flannel;
  return {
    ...texts,
    requests: requests && pairs(requests),
    limits: limits && pairs(limits),
    owners: owners && (list(owners.map(({ name }) => name)) ?? 'none known'),
  };
}

function pairs(values: Readonly<Record<string, string>>): string {
  const texts = Object.entries(values).map(([name, value]) => `${name} ${value}`);
  return list(texts) ?? 'none';
}

function containerItems(workload: DocumentWorkload): readonly (readonly [string, ItemFields])[] {
  const { namespace, purpose } = workload;
  const owner = `${workload.workload.kind} ${namespace}/${workload.workload.name}`;
  return workload.containers.map(({ name, image, requests, limits, pods }, index, all) => {
    const before = all.slice(0, index).filter((other) => other.name === name).length;
    const variant = before === 0 ? '' : `, in another form (${String(before + 1)})`;
    const fields = definedFields({
      purpose,
      image,
      pods: String(pods),
      ...amountFields('request', requests),
      ...amountFields('limit', limits),
    });
    return [`${owner}, container ${name}${variant}`, fields] as const;
  });
}

function amountFields(
  what: string,
  { cpuCores, memoryBytes }: ResourceAmounts,
): Readonly<Record<string, string | undefined>> {
  return {
    [`CPU ${what}`]: cpuCores === undefined ? undefined : `${String(cpuCores)} cores`,
    [`memory ${what}`]: memoryBytes === undefined ? undefined : `${String(memoryBytes)} bytes`,
  };
}
