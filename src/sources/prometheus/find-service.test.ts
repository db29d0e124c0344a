// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { foundService } from './find-service.ts';

function service(name: string, port: number | object, labels = {}): unknown {
  const ports = [typeof port === 'number' ? { port } : port];
  return { metadata: { name, namespace: 'monitoring', labels }, spec: { ports } };
}

describe('a Service of a server with the query API', () => {
  it.each([
    ['prometheus-operated', 9090, {}, ''],
    ['prometheus-server', 80, {}, ''],
    ['prometheus-k8s', 9090, {}, ''],
    ['stack-kube-prometheus-prometheus', 9090, {}, ''],
    ['vmsingle-vm', 8429, {}, ''],
    ['vm', 8428, { 'app.kubernetes.io/name': 'victoria-metrics-single' }, ''],
    ['vmselect-cluster', 8481, {}, '/select/0/prometheus'],
    ['thanos-query-frontend', 10902, {}, ''],
  ])('%s is known', (name, port, labels, prefix) => {
    const found = foundService(service(name, port, labels));

    expect(found).toMatchObject({ name, port: String(port), scheme: 'http', prefix });
  });

  it('is asked by TLS where its port says so', () => {
    const found = foundService(service('prometheus-k8s', { port: 9091, name: 'https' }));

    expect(found?.scheme).toBe('https');
  });

  it.each([
    ['coredns', 9153],
    ['prometheus-operated', 1234],
    ['prometheus-node-exporter', 9100],
    ['alertmanager-operated', 9093],
  ])('%s on port %d is none', (name, port) => {
    expect(foundService(service(name, port))).toBeUndefined();
  });

  it('is preferred when it sees the whole company', () => {
    const thanos = foundService(service('thanos-query', 9090));
    const single = foundService(service('prometheus-operated', 9090));

    expect(thanos?.rank).toBeLessThan(single?.rank ?? 0);
  });
});
