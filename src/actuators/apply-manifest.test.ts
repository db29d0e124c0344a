// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { ApplyManifestStep } from '#model/plan.ts';
import { actuator } from './apply-manifest.ts';

const STEP: ApplyManifestStep = {
  kind: 'apply-manifest',
  object: 'Deployment metrics-server',
  title: 'create it',
  path: '/apis/apps/v1/namespaces/kube-system/deployments/metrics-server',
  manifest: {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'metrics-server', namespace: 'kube-system' },
  },
  present: true,
  waitSeconds: 60,
};

describe('the rights of a step', () => {
  it('are those of its place', () => {
    expect(actuator.needsOf?.(STEP)).toEqual([
      expect.objectContaining({ resource: 'deployments', namespace: 'kube-system' }),
    ]);
  });

  it('hold those on metrics where it waits for one', () => {
    const rights = actuator.needsOf?.({ ...STEP, serves: '/apis/metrics.k8s.io/v1beta1/nodes' });

    expect(rights?.at(-1)).toMatchObject({ group: 'metrics.k8s.io', verbs: ['list'] });
  });
});

describe('the grammar', () => {
  it('takes the places of its objects', () => {
    expect(actuator.refuse(STEP)).toBeUndefined();
  });

  it.each([
    ['/api/v1', 'ServiceAccount'],
    ['/apis/rbac.authorization.k8s.io/v1', 'Role'],
    ['/apis/rbac.authorization.k8s.io/v1', 'RoleBinding'],
    ['/apis/batch/v1', 'CronJob'],
  ])('takes, beside Flannel, %s %s', (root, kind) => {
    const metadata = { name: 'selvage-scheduled-restart', namespace: 'flannel-system' };
    const apiVersion = root.replace(/^\/apis?\//, '');
    const path = `${root}/namespaces/flannel-system/${kind.toLowerCase()}s/${metadata.name}`;

    expect(
      actuator.refuse({ ...STEP, path, manifest: { apiVersion, kind, metadata } }),
    ).toBeUndefined();
  });

  it.each([
    '/api/v1/namespaces/kube-system/secrets/x',
    '/apis/batch/v1/namespaces/default/cronjobs/backup',
    '/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles/other',
    '/apis/batchXv1/namespaces/default/cronjobs/selvage-scheduled-restart',
    '/api/v1/namespaces/default/services/x',
    '/apis/apps/v1/namespaces/kube-system/deployments/../../secrets',
    '/apis/apps/v1/namespaces/kube-system/deployments/',
    '/api/v1/nodes/node1',
  ])('refuses %s', (path) => {
    expect(actuator.refuse({ ...STEP, path })).toMatch(/no place/);
  });

  it.each([
    ['no object', {}],
    ['another kind', { ...STEP.manifest, kind: 'DaemonSet' }],
    ['another version', { ...STEP.manifest, apiVersion: 'apps/v1beta1' }],
    ['another name', { ...STEP.manifest, metadata: { name: 'x', namespace: 'kube-system' } }],
    [
      'another namespace',
      { ...STEP.manifest, metadata: { name: 'metrics-server', namespace: 'default' } },
    ],
    ['an object of the whole cluster', { ...STEP.manifest, metadata: { name: 'metrics-server' } }],
  ])('refuses a manifest of %s than its path', (_, manifest) => {
    expect(actuator.refuse({ ...STEP, manifest })).toMatch(/of another object/);
  });

  it('refuses any other path to wait for, and a wait without an end', () => {
    expect(actuator.refuse({ ...STEP, serves: '/api/v1/secrets' })).toMatch(/nothing to wait/);
    expect(actuator.refuse({ ...STEP, waitSeconds: Number.NaN })).toMatch(/1 to 3600/);
  });

  it('refuses whatever text is put behind a place', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const refused = actuator.refuse({ ...STEP, path: `${STEP.path}/${text}` });

        expect(refused).toBeDefined();
      }),
    );
  });
});
