// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { cluster } from '#simulation/cluster/presets.ts';
import { checkSimulated } from './simulated-run.ts';

function pod(name: string, podIP: string, spec: object, status: object = {}): object {
  return {
    metadata: { name, namespace: 'shop' },
    spec: { nodeName: 'node2', containers: [], ...spec },
    status: { phase: 'Running', podIP, podIPs: [{ ip: podIP }], ...status },
  };
}

describe('a CNI configuration that comes before that of flannel', () => {
  const SECRET = 'k8s-token-of-somebody';

  it('is the one finding where the directory can be read, and its text stays there', async () => {
    const simulated = cluster();
    const { files } = simulated.node('node2');
    files.set('/etc/cni/net.d/10-flannel.conflist', '{"plugins":[{"type":"flannel"}]}\n');
    files.set(
      '/etc/cni/net.d/10-calico.conflist',
      `{"plugins":[{"type":"calico","policy":{"k8s_auth_token":"${SECRET}"}}]}\n`,
    );

    const { snapshot, report, findings } = await checkSimulated(simulated);

    expect(findings).toEqual(['cni-config-foreign node2 critical']);
    expect(report.findings.map(({ observed }) => observed)).toEqual(['10-calico.conflist']);
    expect(JSON.stringify(snapshot)).not.toContain(SECRET);
  });
});

describe('pods beside flannel’s', () => {
  it('with addresses of another CNI plugin are the one finding, without their names', async () => {
    const simulated = cluster();
    const pods = [
      pod('web-1', '10.244.2.77', {}),
      pod('web-2', '10.88.0.5', {}),
      pod('agent', '203.0.113.9', { hostNetwork: true }),
      pod('job', '10.88.0.6', {}, { phase: 'Succeeded' }),
    ];
    for (const each of pods) {
      simulated.store.create('pods', {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: '' },
        ...each,
      });
    }

    const { snapshot, report, findings } = await checkSimulated(simulated);

    expect(findings).toEqual(['pod-ip-outside-pod-cidr node2 critical']);
    expect(report.findings.map(({ observed }) => observed)).toEqual(['10.88.0.5']);
    expect(JSON.stringify(snapshot)).not.toMatch(/web-1|web-2|shop/);
  });
});
