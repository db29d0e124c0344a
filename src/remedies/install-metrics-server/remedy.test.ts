// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { METRICS_SERVER_IMAGE, remedy } from './remedy.ts';

const OPTIONS = { image: METRICS_SERVER_IMAGE, kubeletInsecureTls: false, waitSeconds: 60 };

describe('install-metrics-server', () => {
  it('creates what others need before them, and waits for a metric at the end', () => {
    const steps = remedy.steps(OPTIONS);

    expect(steps.map(({ object }) => object.split(' ')[0])).toEqual([
      'ServiceAccount',
      'ClusterRole',
      'ClusterRole',
      'RoleBinding',
      'ClusterRoleBinding',
      'ClusterRoleBinding',
      'Service',
      'Deployment',
      'APIService',
    ]);
    expect(steps.at(-1)).toMatchObject({ serves: '/apis/metrics.k8s.io/v1beta1/nodes' });
  });

  it('trusts any kubelet only when told to, and says so', () => {
    const text = (kubeletInsecureTls: boolean): string =>
      JSON.stringify(remedy.steps({ ...OPTIONS, kubeletInsecureTls }));

    expect(text(false)).not.toContain('"--kubelet-insecure-tls"');
    expect(text(true)).toContain('"--kubelet-insecure-tls"');
    expect(text(true)).toContain('Kubelets are not verified');
  });
});
