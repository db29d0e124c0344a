// SPDX-License-Identifier: Apache-2.0

import type { FaultName } from '#simulation/cluster/faults.ts';

/** How the demo shows a fault. */
interface DemoFault {
  /** What happens to the node, one or two sentences. */
  readonly what: (node: string) => string;
  /** The other node, for faults between two. */
  readonly peer?: string;
  /** Time until it shows, milliseconds. */
  readonly afterMs?: number;
}

const PEER = 'mac-mini-3';

/** Every fault of the simulated cluster; the type keeps it complete. */
export const DEMO_FAULTS: Readonly<Record<FaultName, DemoFault>> = {
  'route-del': { what: (node) => `${node} loses its route to one peer.`, peer: PEER },
  'neigh-del': { what: (node) => `${node} loses its neighbour entry of one peer.`, peer: PEER },
  'fdb-del': { what: (node) => `${node} loses its forwarding entry of one peer.`, peer: PEER },
  'routes-flush': {
    what: (node) => `${node} loses the routes to its peers. No pod stops, no event is written.`,
  },
  'stale-route': { what: (node) => `${node} has a route to a node that is no more.` },
  'link-bounce': { what: (node) => `The tunnel link of ${node} is set down and up again.` },
  'link-del': { what: (node) => `The tunnel link of ${node} is deleted.`, afterMs: 2000 },
  'wrong-mtu': { what: (node) => `The tunnel link of ${node} gets a wrong MTU.` },
  'mtu-blackhole': { what: (node) => `The network drops large packets to and from ${node}.` },
  'udp-block': { what: (node) => `A firewall on ${node} drops the port of VXLAN.` },
  loss: { what: (node) => `A third of the VXLAN packets to ${node} gets lost.` },
  'rules-flush': { what: (node) => `The iptables rules of Flannel on ${node} are flushed.` },
  'ip-forward-0': { what: (node) => `${node} stops forwarding packets.` },
  'forward-drop': { what: (node) => `A rule on ${node} drops all forwarded packets.` },
  'subnet-env-rm': { what: (node) => `The file subnet.env of ${node} is deleted.` },
  'wrong-vtep-mac': { what: (node) => `${node} announces a wrong MAC.` },
  'wrong-public-ip': { what: (node) => `${node} announces a wrong address.` },
  'annotations-lost': { what: (node) => `The Node ${node} is made anew, without annotations.` },
  'duplicate-podcidr': { what: (node) => `${node} gets the pod range of a peer.`, peer: PEER },
  'flannel-oom': {
    what: (node) => `Flannel on ${node} is killed for want of memory.`,
    afterMs: 30_000,
  },
  'flannel-stop': { what: (node) => `flanneld on ${node} is frozen.` },
  'flannel-kill': { what: (node) => `flanneld on ${node} is killed, and restarted.` },
  'coredns-down': { what: () => 'CoreDNS is scaled to nothing.' },
  'node-crash': { what: (node) => `${node} crashes.`, afterMs: 60_000 },
};
