// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { chooseService } from '#collectors/core-dns/choose-service.ts';
import type { Service } from '#sources/kubernetes/objects/service.ts';

function service(namespace: string, name: string, ...clusterIPs: readonly string[]): Service {
  return { namespace, name, clusterIPs, selector: {} };
}

const OWN = service('kube-system', 'kube-dns', '10.96.0.10');

describe('the DNS Service', () => {
  it.each<[string, readonly Service[]]>([
    ['a tenant has one of the same name', [service('a-tenant', 'kube-dns', '10.96.0.99'), OWN]],
    [
      'NodeLocal DNSCache adds one',
      [service('kube-system', 'kube-dns-upstream', '10.96.0.9'), OWN],
    ],
    ['another of the name is headless', [service('kube-system', 'kube-dns'), OWN]],
  ])('is that of the cluster where %s', (_, services) => {
    expect(chooseService(services)).toBe(OWN);
    expect(chooseService(services.toReversed())).toBe(OWN);
  });

  it('has the name of its distribution in kube-system', () => {
    const rke2 = service('kube-system', 'rke2-coredns-rke2-coredns', '10.43.0.10');

    expect(chooseService([service('a-tenant', 'kube-dns', '10.43.0.99'), rke2])).toBe(rke2);
  });

  it('is elsewhere where kube-system has none, and nowhere without any', () => {
    const elsewhere = service('dns', 'coredns', '10.96.0.10');

    expect(chooseService([elsewhere])).toBe(elsewhere);
    expect(chooseService([])).toBeUndefined();
  });
});
