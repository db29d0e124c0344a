// SPDX-License-Identifier: Apache-2.0

import { flannelIsOomKilled, nodeIsNotReady, peersForwardTo } from '../conditions.ts';
import { around, towardsBoth } from '../fault-cases.ts';
import type { FaultCase } from '../fault-cases.ts';

const FALSE_MAC = '02:00:de:ad:be:ef';
const FALSE_PUBLIC_IP = '10.213.0.250';

/** Two faults at once, with the upstream manifest and vxlan: neither hides the other, and none adds a third. */
export const PAIR_CASES: readonly FaultCase[] = [
  {
    faults: [
      ['routes-flush', 'node2'],
      ['wrong-mtu', 'node1'],
    ],
    findings: [...towardsBoth('route-missing'), 'link-mtu-wrong node1 warning'],
    broken: 2,
  },
  {
    faults: [
      ['route-del', 'node2', 'node3'],
      ['fdb-del', 'node3', 'node2'],
    ],
    findings: [
      'route-missing node2 -> node3 critical',
      'fdb-entry-missing node3 -> node2 critical',
    ],
    broken: 2,
  },
  {
    faults: [
      ['neigh-del', 'node2', 'node3'],
      ['fdb-del', 'node2', 'node3'],
    ],
    findings: [
      'neighbour-missing node2 -> node3 critical',
      'fdb-entry-missing node2 -> node3 critical',
    ],
    broken: 1,
  },
  {
    faults: [
      ['wrong-vtep-mac', 'node3', FALSE_MAC],
      ['link-bounce', 'node2'],
    ],
    settled: () => peersForwardTo(FALSE_MAC, 'node1', 'node2'),
    findings: [
      'vtep-mac-mismatch node3 critical',
      'fdb-entry-stale node1 -> node3 info',
      'fdb-entry-stale node2 -> node3 info',
      ...towardsBoth('route-missing', 'neighbour-missing'),
    ],
    broken: 5,
    mayRemain: ['fdb-entry-stale node1 -> node3 info', 'fdb-entry-stale node2 -> node3 info'],
  },
  {
    // The incident of the runbook: out of memory, and the routes are gone. flannel's container does not
    // stay long enough to be asked for them.
    faults: [
      ['flannel-oom', 'node2'],
      ['routes-flush', 'node2'],
    ],
    settled: () => flannelIsOomKilled('node2'),
    findings: ['flannel-oom-killed node2 warning', 'flannel-pod-not-ready node2 warning'],
    unknown: 2,
  },
  {
    faults: [
      ['node-crash', 'node3'],
      ['fdb-del', 'node2', 'node1'],
    ],
    settled: () => nodeIsNotReady('node3'),
    findings: ['node-not-ready node3 warning', 'fdb-entry-missing node2 -> node1 critical'],
    broken: 1,
    unknown: 2,
  },
  {
    faults: [
      ['coredns-down', 'node1'],
      ['ip-forward-0', 'node2'],
    ],
    findings: ['coredns-unavailable cluster critical', 'ip-forward-off node2 critical'],
    broken: 4,
  },
  {
    faults: [
      ['subnet-env-rm', 'node2'],
      ['stale-route', 'node3'],
    ],
    findings: ['subnet-env-missing node2 critical', 'route-stale node3 info'],
  },
  {
    faults: [
      ['forward-drop', 'node1'],
      ['wrong-public-ip', 'node2', FALSE_PUBLIC_IP],
    ],
    settled: () => peersForwardTo(FALSE_PUBLIC_IP, 'node1', 'node3'),
    findings: ['forward-dropped node1 critical', 'public-ip-mismatch node2 critical'],
    broken: 6,
  },
  {
    faults: [
      ['udp-block', 'node3'],
      ['route-del', 'node2', 'node1'],
    ],
    findings: [
      'route-missing node2 -> node1 critical',
      ...around('node3', 'overlay-unreachable', 'critical'),
    ],
    broken: 5,
  },
  {
    faults: [
      ['loss', 'node3'],
      ['mtu-blackhole', 'node2'],
    ],
    findings: [
      ...around('node3', 'packet-loss', 'warning'),
      ...around('node2', 'path-mtu-too-small', 'critical'),
    ],
    broken: 4,
  },
];
