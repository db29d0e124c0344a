// SPDX-License-Identifier: Apache-2.0

import { chooseService } from '#collectors/core-dns/choose-service.ts';
import type { ClusterReader } from '#collectors/cluster-reader.ts';
import { type ClusterCollector, apiRead, inNamespace } from '#collectors/define-collector.ts';
import { DNS_DEPLOYMENT_READS, readDnsDeployment } from '#collectors/core-dns/dns-deployment.ts';
import { FactAbsence } from '#collectors/fact-absence.ts';
import {
  type Service,
  projectEndpointSlice,
  projectService,
} from '#sources/kubernetes/objects/service.ts';
import { isSourceError } from '#sources/source-error.ts';

/** The label that every distribution's DNS Service and pods carry, whatever their name. */
const DNS_LABELS = { 'k8s-app': 'kube-dns' };

/** Reads the cluster's DNS: Service, endpoints, pods. */
export const coreDnsCollector: ClusterCollector<'coreDns'> = {
  scope: 'cluster',
  fact: 'coreDns',
  reads: [
    apiRead('', 'services', 'list'),
    inNamespace('kube-system', apiRead('', 'pods', 'list')),
    inNamespace('kube-system', apiRead('discovery.k8s.io', 'endpointslices', 'list')),
    ...DNS_DEPLOYMENT_READS,
  ],
  timeoutMs: 60_000,
  collect: async (reader) => {
    const service = chooseService(await dnsServices(reader));
    if (service === undefined) {
      throw new FactAbsence('failed', 'No Service carries the label k8s-app=kube-dns.');
    }
    const { namespace, name, clusterIPs, selector } = service;
    const [slices, pods, deployment] = await Promise.all([
      reader.list(
        `endpointslices in ${namespace}`,
        `/apis/discovery.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/endpointslices`,
        projectEndpointSlice,
        { 'kubernetes.io/service-name': name },
      ),
      Object.keys(selector).length === 0 ? [] : reader.podsOf(namespace, selector),
      readDnsDeployment(reader, service),
    ]);
    return {
      value: {
        service: `${namespace}/${name}`,
        clusterIPs,
        pods,
        readyEndpoints: unique(slices.flatMap(({ ready }) => ready)),
        notReadyEndpoints: unique(slices.flatMap(({ notReady }) => notReady)),
        ...(deployment !== undefined && { deployment }),
      },
    };
  },
};

async function dnsServices(reader: ClusterReader): Promise<readonly Service[]> {
  try {
    return await reader.list('services', '/api/v1/services', projectService, DNS_LABELS);
  } catch (error) {
    if (!isSourceError(error, 'forbidden')) throw error;
    const path = '/api/v1/namespaces/kube-system/services';
    return reader.list('services in kube-system', path, projectService, DNS_LABELS);
  }
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
