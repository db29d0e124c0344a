// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import { HEALTHY_CLUSTERS } from '../../../testkit/healthy-clusters.ts';
import { healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

testCheck(anyCheck(check), {
  passes: {
    ...HEALTHY_CLUSTERS,
    'Windows nodes': healthyCluster({ windowsNodes: 1 }),
    'one of two endpoints is ready': healthyCluster().changeCluster('coreDns', (coreDns) => ({
      ...coreDns,
      readyEndpoints: ['10.244.1.10'],
      notReadyEndpoints: ['10.244.2.10'],
    })),
  },
  fails: {
    'scaled to nothing': {
      snapshot: healthyCluster().changeCluster('coreDns', (coreDns) => ({
        ...coreDns,
        pods: [],
        readyEndpoints: [],
      })),
      findings: [
        {
          severity: 'critical',
          breaks: 'none',
          object: 'service kube-system/kube-dns',
          expected: 'at least 1 ready endpoint',
          observed: '0 endpoints not ready; no pods',
          message:
            'The DNS Service kube-system/kube-dns has no ready endpoint, so pods resolve no name: to applications everything looks down. Traffic to IP addresses between pods is not touched.',
        },
      ],
    },
    'pods that do not get Ready': {
      snapshot: healthyCluster().changeCluster('coreDns', (coreDns) => ({
        ...coreDns,
        readyEndpoints: [],
        notReadyEndpoints: ['10.244.1.10'],
        pods: coreDns.pods.map((pod, index) =>
          index === 0
            ? {
                ...pod,
                ready: false,
                containers: pod.containers.map((each) => ({ ...each, ready: false })),
              }
            : { ...pod, ready: false, phase: 'Pending', containers: [] },
        ),
      })),
      findings: [
        {
          observed:
            '1 endpoint not ready; coredns-1: coredns running, not ready; coredns-2 Pending, not Ready',
        },
      ],
    },
    'pods that go, pods on no node, and many of them': {
      snapshot: healthyCluster().changeCluster('coreDns', (coreDns) => ({
        ...coreDns,
        readyEndpoints: [],
        pods: coreDns.pods.flatMap((pod) => {
          const { nodeName: _, ...unscheduled } = pod;
          return [
            { ...pod, deletingSince: '2026-11-24T11:59:00Z' },
            { ...unscheduled, phase: 'Pending', ready: false, containers: [] },
            pod,
          ];
        }),
      })),
      findings: [
        {
          observed:
            '0 endpoints not ready; coredns-1 being deleted since 2026-11-24T11:59:00Z; coredns-1 Pending, on no node yet; coredns-1 Ready; coredns-2 being deleted since 2026-11-24T11:59:00Z; coredns-2 Pending, on no node yet; 1 more pod',
        },
      ],
    },
  },
  skips: {},
});
