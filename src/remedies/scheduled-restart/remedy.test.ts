// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { ApplyManifestStep, Step } from '#model/plan.ts';
import { KUBECTL_IMAGE, remedy } from './remedy.ts';

const OPTIONS = {
  namespace: 'kube-flannel',
  daemonSet: 'kube-flannel-ds',
  image: KUBECTL_IMAGE,
  schedule: '0 3 * * 0',
  timeZone: 'UTC',
  evidence: ['It grows.'],
};

interface PodSpec {
  readonly securityContext: object;
  readonly initContainers: readonly object[];
  readonly containers: readonly object[];
}

function manifestOf(kind: string): ApplyManifestStep['manifest'] | undefined {
  const isOf = (step: Step): step is ApplyManifestStep =>
    step.kind === 'apply-manifest' && step.manifest['kind'] === kind;
  return remedy.steps(OPTIONS).find(isOf)?.manifest;
}

describe('scheduled-restart', () => {
  it('creates what the CronJob runs as before the CronJob', () => {
    const steps = remedy.steps(OPTIONS);

    expect(steps.map(({ object }) => object.split(' ')[0])).toEqual([
      'ServiceAccount',
      'Role',
      'RoleBinding',
      'CronJob',
    ]);
  });

  it('may do nothing but restart and watch the one DaemonSet', () => {
    expect(manifestOf('Role')?.['rules']).toEqual([
      {
        apiGroups: ['apps'],
        resources: ['daemonsets'],
        resourceNames: ['kube-flannel-ds'],
        verbs: ['get', 'list', 'patch', 'watch'],
      },
    ]);
  });

  it('restarts by the schedule and waits, never twice at once', () => {
    expect(manifestOf('CronJob')).toMatchObject({
      spec: {
        schedule: '0 3 * * 0',
        timeZone: 'UTC',
        concurrencyPolicy: 'Forbid',
        jobTemplate: {
          spec: {
            backoffLimit: 0,
            template: {
              spec: {
                restartPolicy: 'Never',
                initContainers: [
                  {
                    args: [
                      'rollout',
                      'restart',
                      'daemonset/kube-flannel-ds',
                      '--namespace=kube-flannel',
                    ],
                  },
                ],
                containers: [
                  {
                    args: [
                      'rollout',
                      'status',
                      'daemonset/kube-flannel-ds',
                      '--namespace=kube-flannel',
                      '--timeout=14340s',
                    ],
                  },
                ],
              },
            },
          },
        },
      },
    });
  });

  it('keeps few Jobs, and ends one that hangs', () => {
    expect(manifestOf('CronJob')).toMatchObject({
      spec: {
        startingDeadlineSeconds: 3600,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        jobTemplate: { spec: { activeDeadlineSeconds: 14_400 } },
      },
    });
  });

  it('runs without any privilege, within limits', () => {
    const { spec } = manifestOf('CronJob') as {
      readonly spec: {
        readonly jobTemplate: {
          readonly spec: { readonly template: { readonly spec: PodSpec } };
        };
      };
    };
    const { securityContext, initContainers, containers } = spec.jobTemplate.spec.template.spec;

    expect(securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    for (const each of [...initContainers, ...containers]) {
      expect(each).toMatchObject({
        resources: { requests: { memory: '32Mi' }, limits: { memory: '128Mi' } },
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          readOnlyRootFilesystem: true,
        },
      });
    }
  });

  it('shows what proves the leak, and that it is a stopgap', () => {
    const notes = remedy.steps(OPTIONS).flatMap((step) => step.notes ?? []);

    expect(notes[0]).toBe('It grows.');
    expect(notes[1]).toContain('stopgap');
  });
});
