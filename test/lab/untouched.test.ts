// SPDX-License-Identifier: Apache-2.0

import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { kubectlGet, lab } from './lab-command.ts';
import { selvageCheck } from './selvage-command.ts';

const OBJECTS = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        namespace: z.string().default(''),
        name: z.string(),
        uid: z.string(),
        resourceVersion: z.string(),
        labels: z.record(z.string(), z.string()).default({}),
        annotations: z.record(z.string(), z.string()).default({}),
        managedFields: z.array(z.object({ manager: z.string() })).default([]),
      }),
      spec: z.unknown().optional(),
    }),
  ),
});

/** Identity and resourceVersion of every object of some kinds. */
async function versions(kinds: string): Promise<string[]> {
  const { items } = await kubectlGet(OBJECTS, '-A', kinds);
  return items
    .map(({ metadata }) =>
      [metadata.namespace, metadata.name, metadata.uid, metadata.resourceVersion].join(' '),
    )
    .sort();
}

/**
 * All of the nodes but the heartbeat: the kubelet writes its status every 4 s, so their
 * resourceVersion never rests. Who writes to them is in `managers`.
 */
async function nodesButHeartbeat(): Promise<object[]> {
  const { items } = await kubectlGet(OBJECTS, '--show-managed-fields', 'nodes');
  return items.map(({ metadata, spec }) => ({
    uid: metadata.uid,
    labels: metadata.labels,
    annotations: metadata.annotations,
    managers: metadata.managedFields.map((field) => field.manager).sort(),
    spec,
  }));
}

const REQUEST = z.object({
  requestReceivedTimestamp: z.iso.datetime({ precision: 6 }),
  userAgent: z.string().default(''),
  verb: z.string(),
  objectRef: z
    .object({
      resource: z.string().default(''),
      subresource: z.string().default(''),
    })
    .default({ resource: '', subresource: '' }),
});

/** What was asked of the API server since `from` with the admin kubeconfig, but for the suite's own kubectl: `verb resource`. */
async function requestsSince(from: Date): Promise<string[]> {
  const log = await lab('logs', 'node1', 'audit', '-n', '2000');
  const requests = log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => REQUEST.parse(JSON.parse(line)))
    .filter((request) => new Date(request.requestReceivedTimestamp) >= from)
    .filter((request) => !request.userAgent.startsWith('kubectl/'))
    .map(({ verb, objectRef }) =>
      [verb, [objectRef.resource, objectRef.subresource].filter(Boolean).join('/')].join(' '),
    );
  return [...new Set(requests)].sort();
}

const READING = /^(?:get|list|watch) /;

/** Exec is a connection of its own verb, get or create by the protocol; a review of one's own rights stores nothing. */
const HARMLESS =
  /^(?:create pods\/exec|create selfsubject(?:access|rules)reviews(?:\/.*)?|create selfsubjectreviews)$/;

const WORKLOADS = 'daemonsets,deployments,controllerrevisions';
const CONFIGURATION =
  'configmaps,secrets,serviceaccounts,services,roles,rolebindings,clusterroles,clusterrolebindings';

interface ClusterState {
  readonly nodes: readonly object[];
  readonly pods: readonly string[];
  readonly workloads: readonly string[];
  readonly configuration: readonly string[];
}

async function readState(): Promise<ClusterState> {
  return {
    nodes: await nodesButHeartbeat(),
    pods: await versions('pods'),
    workloads: await versions(WORKLOADS),
    configuration: await versions(CONFIGURATION),
  };
}

describe('selvage check', () => {
  let before: ClusterState;
  let after: ClusterState;
  let requests: readonly string[];

  beforeAll(async () => {
    before = await readState();
    const startedAt = new Date();
    await selvageCheck();
    requests = await requestsSince(startedAt);
    after = await readState();
  });

  it('asks the API server only to read', () => {
    const changing = requests.filter(
      (request) => !READING.test(request) && !HARMLESS.test(request),
    );

    expect(requests).not.toEqual([]);
    expect(changing).toEqual([]);
  });

  it('changes no node', () => {
    expect(after.nodes).toEqual(before.nodes);
  });

  it('changes no pod and makes none', () => {
    expect(after.pods).toEqual(before.pods);
  });

  it('changes no workload', () => {
    expect(after.workloads).toEqual(before.workloads);
  });

  it('changes no configuration and no rights', () => {
    expect(after.configuration).toEqual(before.configuration);
  });
});
