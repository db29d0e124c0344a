// SPDX-License-Identifier: Apache-2.0

import type {
  ClusterDocument,
  DocumentBoot,
  DocumentContent,
  DocumentFlannel,
  DocumentRestart,
} from '#report/cluster-document.ts';

import { abridged, counted, listOf } from '../terminal/names.ts';
import { amountsText } from './amounts-text.ts';
import { type Page, type PageSection, pageTable } from './page.ts';

/** The page of a cluster. */
export function documentPage({ made, content }: ClusterDocument): Page {
  const { cluster, nodes, flannel } = content;
  const parts = [
    counted(nodes.length, 'node'),
    ...(cluster.version === undefined ? [] : [`Kubernetes ${cluster.version}`]),
    ...(flannel === undefined ? [] : [`Flannel ${flannel.version ?? 'of unknown version'}`]),
  ];
  return {
    title: `Cluster ${made.context === '' ? made.server : made.context}`,
    date: `Made ${timeText(made.at)} by Selvage ${made.tool} through ${made.server}.`,
    summary: [
      `${listOf(parts)}.`,
      ...(cluster.uid === undefined ? [] : [`UID of the cluster: ${cluster.uid}.`]),
    ],
    sections: [
      ...nodeSections(content),
      flannelSection(content),
      workloadSection(content),
      versionSection(content),
      changeSection(content),
      acceptedSection(content),
      unreadSection(content),
    ],
  };
}

/** An instant for a person: `2026-11-24 12:00:00 UTC`. */
export function timeText(instant: string): string {
  return instant.replace('T', ' ').replace(/(?:\.\d+)?Z$/u, ' UTC');
}

function nodeSections({ nodes, restart }: DocumentContent): readonly PageSection[] {
  const machine = nodes.map((node) => [
    node.name,
    node.osImage,
    node.kernel,
    node.kubelet,
    node.runtime,
  ]);
  const network = nodes.map((node) => [
    node.name,
    node.roles.join(', '),
    [...node.internalIPs, ...node.externalIPs].join(', '),
    node.podCIDRs.join(', '),
    timeText(node.createdAt),
  ]);
  const starts = nodes.map(({ name, boot, ready }) => [
    name,
    bootText(boot),
    boot.id ?? '',
    ready === undefined
      ? 'not told'
      : `${ready.status}${ready.since === undefined ? '' : ` since ${timeText(ready.since)}`}`,
  ]);
  return [
    {
      title: 'Nodes',
      paragraphs: [],
      table: pageTable(
        ['name', 'roles', 'addresses', 'pod ranges', 'in the cluster since'],
        network,
      ),
    },
    {
      title: 'Machines',
      paragraphs: [],
      table: pageTable(['node', 'operating system', 'kernel', 'kubelet', 'runtime'], machine),
    },
    {
      title: 'Last start of each node',
      paragraphs: [restartText(restart), ...evidenceTexts(nodes)],
      table: pageTable(['node', 'started', 'boot id', 'Ready'], starts),
    },
  ];
}

function bootText({ kernelAt, upSince, sharedWith }: DocumentBoot): string {
  if (kernelAt !== undefined && sharedWith.length === 0) return timeText(kernelAt);
  const atLatest = upSince === undefined ? 'not known' : `not after ${timeText(upSince)}`;
  return kernelAt === undefined ? atLatest : `${atLatest}; its kernel ${timeText(kernelAt)}`;
}

function restartText(restart: DocumentRestart): string {
  if (restart.state === 'unknown') {
    return `When the cluster as a whole was restarted is not known. ${restart.why}`;
  }
  const { state, from, to } = restart;
  const [first, last] = [timeText(from), timeText(to)];
  if (first === last) return `All nodes started at ${first}.`;
  return state === 'together'
    ? `Last restart of the cluster: all nodes started from ${first} to ${last}.`
    : `The nodes started at different times, from ${first} to ${last}: no restart of all of them is known.`;
}

/** How the starts are known, once for all nodes of which the same is true. */
function evidenceTexts(nodes: DocumentContent['nodes']): readonly string[] {
  const byEvidence = new Map<string, string[]>();
  for (const { name, boot } of nodes) {
    byEvidence.set(boot.evidence, [...(byEvidence.get(boot.evidence) ?? []), name]);
  }
  const isUsed = nodes.some(({ boot }) => bootText(boot).startsWith('not after'));
  return [
    ...[...byEvidence].map(([evidence, names]) => `${abridged(names)}: ${evidence}`),
    ...(isUsed
      ? [
          'Not after: the container that has run longest on the node began then, and none outlives its node.',
        ]
      : []),
  ];
}

function flannelSection({ flannel, netConf }: DocumentContent): PageSection {
  const rows = [
    ...(flannel === undefined ? [] : flannelRows(flannel)),
    ...netConf.map(({ name, value }) => [`net-conf.json: ${name}`, value] as const),
  ];
  return {
    title: 'Flannel',
    paragraphs: rows.length === 0 ? ['Nothing of it could be read: see below.'] : [],
    ...(rows.length > 0 && { table: pageTable(['setting', 'value'], rows) }),
  };
}

function flannelRows(flannel: DocumentFlannel): readonly (readonly [string, string])[] {
  const { kind, namespace, name, owners } = flannel;
  const pairs = (values: Readonly<Record<string, string>> | undefined): string | undefined =>
    values &&
    (Object.entries(values)
      .map(([key, value]) => `${key} ${value}`)
      .join(', ') ||
      'none');
  const rows: readonly (readonly [string, string | undefined])[] = [
    [
      'runs',
      kind === 'embedded'
        ? 'inside another program, not in pods'
        : `as DaemonSet ${namespace ?? ''}/${name ?? ''}`,
    ],
    ['version', flannel.version],
    ['image', flannel.image],
    ['ConfigMap', flannel.configMap],
    ['annotations', flannel.annotationPrefix],
    ['requests of its template', pairs(flannel.requests)],
    ['limits of its template', pairs(flannel.limits)],
    ['updates', flannel.updateStrategy],
    [
      'owner of the DaemonSet',
      owners &&
        (owners.map(({ name: owner, evidence }) => `${owner} (${evidence})`).join('; ') ||
          'none known by its traces'),
    ],
  ];
  return rows.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]));
}

function workloadSection({ workloads }: DocumentContent): PageSection {
  const rows = workloads.flatMap(({ purpose, namespace, workload, pods, containers }) =>
    containers.map((container) => [
      purpose,
      `${workload.kind} ${namespace}/${workload.name}`,
      container.role === 'app' ? container.name : `${container.name} (${container.role})`,
      amountsText(container.requests),
      amountsText(container.limits),
      container.pods === pods ? String(pods) : `${String(container.pods)} of ${String(pods)}`,
    ]),
  );
  return {
    title: 'Resource settings',
    paragraphs: [
      rows.length === 0
        ? 'No pod of Flannel, CoreDNS, kube-proxy or metrics-server was found.'
        : 'Of the pods as they run now.',
    ],
    ...(rows.length > 0 && {
      table: pageTable(['of', 'workload', 'container', 'requests', 'limits', 'pods'], rows),
    }),
  };
}

function versionSection({ versions, nodes }: DocumentContent): PageSection {
  const rows = versions.map(({ component, version, nodes: on }) => [
    component,
    version,
    on.length === 0 ? '' : on.length === nodes.length ? 'all nodes' : abridged(on),
  ]);
  return {
    title: 'Versions',
    paragraphs: [],
    table: pageTable(['of', 'version', 'on'], rows),
  };
}

function changeSection({ changes }: DocumentContent): PageSection {
  const rows = changes.map(({ at, id, node = '', what, remedy, outcome, verdict, ...rest }) => [
    timeText(at),
    node,
    what,
    remedy,
    [
      outcome,
      ...(verdict === undefined ? [] : [verdict.replaceAll('-', ' ')]),
      ...(rest.undoneBy === undefined ? [] : [`taken back by ${rest.undoneBy}`]),
    ].join(', '),
    rest.user,
    id,
  ]);
  return {
    title: 'Changes that Selvage made',
    paragraphs: rows.length === 0 ? ['None is in the record of this user.'] : [],
    ...(rows.length > 0 && {
      table: pageTable(['when', 'node', 'what', 'remedy', 'came of it', 'by', 'id'], rows),
    }),
  };
}

function acceptedSection({ accepted }: DocumentContent): PageSection {
  const rows = (accepted ?? []).map(({ reason, expires, ...patterns }) => [
    Object.entries(patterns)
      .map(([name, pattern]) => `${name} ${pattern}`)
      .join(', '),
    reason,
    expires,
  ]);
  const none =
    accepted === undefined
      ? 'Not told: no file was given with --suppressions.'
      : 'The file accepts nothing.';
  return {
    title: 'Known and accepted',
    paragraphs: rows.length === 0 ? [none] : [],
    ...(rows.length > 0 && { table: pageTable(['findings', 'reason', 'until'], rows) }),
  };
}

function unreadSection({ unread }: DocumentContent): PageSection {
  return {
    title: 'What could not be read',
    paragraphs: unread.length === 0 ? ['Everything was read.'] : [],
    ...(unread.length > 0 && {
      table: pageTable(
        ['what', 'why'],
        unread.map(({ what, why }) => [what, why]),
      ),
    }),
  };
}
