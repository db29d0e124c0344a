// SPDX-License-Identifier: Apache-2.0

import { findNode } from '#expected/node-objects.ts';
import { enabledFamilies } from '#expected/peer-plan.ts';
import { annotationKey, leaseOfNode } from '#expected/subnet-leases.ts';
import type { FlannelWorkload, NetConf, NodeObject } from '#model/cluster.ts';
import type { IpFamily } from '#model/kernel.ts';
import { parseAddress, sameAddress } from '#model/net/address.ts';

/** The public IP that a node announces for one family. */
export interface AnnouncedPublicIp {
  readonly family: IpFamily;
  /** `public-ip` or `public-ipv6`. */
  readonly suffix: string;
  /** Full annotation key. */
  readonly annotation: string;
  readonly publicIp: string;
  /**
   * Another annotation, which only an administrator or a distribution writes, names this very address
   * (flannel@v0.28.9:pkg/subnet/kube/annotations.go: `public-ip-overwrite`, `node-public-ip` and their IPv6 twins).
   */
  readonly setByHand: boolean;
}

/** The public IPs of a node in readable form, for the families that net-conf switches on. */
export function announcedPublicIps(
  facts: {
    readonly nodes: readonly NodeObject[];
    readonly flannel: FlannelWorkload;
    readonly netConf: NetConf;
  },
  node: string,
): readonly AnnouncedPublicIp[] {
  const { nodes, flannel, netConf } = facts;
  const lease = leaseOfNode(nodes, flannel, node);
  const { flannelAnnotations } = findNode(nodes, node).object;
  const key = (suffix: string): string => annotationKey(flannel.annotationPrefix, suffix);
  return enabledFamilies(netConf).flatMap((family) => {
    const publicIp = (family === 4 ? lease?.v4 : lease?.v6)?.publicIp;
    if (publicIp === undefined) return [];
    const suffix = family === 4 ? 'public-ip' : 'public-ipv6';
    const setByHand = [`${suffix}-overwrite`, `node-${suffix}`].some((each) => {
      const value = flannelAnnotations[key(each)];
      return value !== undefined && sameAddress(value, publicIp);
    });
    return [{ family, suffix, annotation: key(suffix), publicIp, setByHand }];
  });
}

/** A node's addresses of a family as its Node object has them, internal ones first. */
export function statusAddresses(node: NodeObject, family: IpFamily): readonly string[] {
  return [...node.internalIPs, ...node.externalIPs].filter(
    (address) => parseAddress(address)?.family === family,
  );
}
