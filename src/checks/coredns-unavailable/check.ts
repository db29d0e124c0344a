// SPDX-License-Identifier: Apache-2.0

import type { ClusterCheck } from '#checks/define-check.ts';
import { podStateText } from '#expected/pod-state.ts';
import { countText } from '#expected/short-text.ts';
import { PASS, verdictOf } from '#model/finding.ts';

const MAX_PODS_NAMED = 5;

/** Finds clusters in which nothing answers behind the DNS Service. */
export const check: ClusterCheck<'coreDns'> = {
  id: 'coredns-unavailable',
  title: 'Nothing answers behind the DNS Service',
  scope: 'cluster',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['coreDns'] },
  messages: {
    noEndpoint:
      'The DNS Service {service} has no ready endpoint, so pods resolve no name: to applications everything looks down. Traffic to IP addresses between pods is not touched.',
  },
  run({ cluster, atCluster }) {
    const { service, pods, readyEndpoints, notReadyEndpoints } = cluster.coreDns;
    if (readyEndpoints.length > 0) return PASS;
    const named = pods.slice(0, MAX_PODS_NAMED).map(podStateText);
    const rest = pods.length - named.length;
    const states = [...named, ...(rest > 0 ? [countText(rest, 'more pod')] : [])];
    const podsText = states.length === 0 ? 'no pods' : states.join('; ');
    return verdictOf([
      {
        messageId: 'noEndpoint',
        data: { service },
        breaks: 'none',
        object: `service ${service}`,
        expected: 'at least 1 ready endpoint',
        observed: `${countText(notReadyEndpoints.length, 'endpoint')} not ready; ${podsText}`,
        evidence: [
          atCluster('coreDns', 'readyEndpoints'),
          atCluster('coreDns', 'notReadyEndpoints'),
          atCluster('coreDns', 'pods'),
        ],
      },
    ]);
  },
};
