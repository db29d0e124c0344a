// SPDX-License-Identifier: Apache-2.0

import type { CoreDns } from '#model/cluster.ts';
import type { IpFamily } from '#model/kernel.ts';
import { parseAddress, sameAddress } from '#model/net/address.ts';

/** Ready pods of the DNS that each node asks. */
const MOST_PODS = 3;

/** A ready pod of the cluster's DNS. */
export interface DnsPod {
  readonly address: string;
  /** Absent when no pod of the Service has the address. */
  readonly node?: string;
}

/** Whom each node asks for a name. */
export interface DnsServers {
  /** Address of the Service; absent when it has none of the family. */
  readonly service?: string;
  /** The first of its ready pods, by address. */
  readonly pods: readonly DnsPod[];
  /** Whether these are all: the Service may choose any. */
  readonly areAll: boolean;
}

/** The DNS Service and its ready pods in one family; nobody when no endpoint is ready. */
export function dnsServers(coreDns: CoreDns, family: IpFamily | undefined): DnsServers {
  const isAsked = (address: string): boolean => parseAddress(address)?.family === family;
  const ready = [...new Set(coreDns.readyEndpoints.filter(isAsked))].sort();
  const pods = ready.slice(0, MOST_PODS).map((address): DnsPod => {
    const node = coreDns.pods.find(({ podIPs }) =>
      podIPs.some((podIP) => sameAddress(podIP, address)),
    )?.nodeName;
    return node === undefined ? { address } : { address, node };
  });
  const service = coreDns.clusterIPs.find(isAsked);
  const areAll = ready.length === pods.length;
  return service === undefined || pods.length === 0 ? { pods, areAll } : { service, pods, areAll };
}
