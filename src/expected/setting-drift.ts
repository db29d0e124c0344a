// SPDX-License-Identifier: Apache-2.0

import { podCidrOf } from '#expected/pod-cidrs.ts';
import type { FlannelWorkload, NetConf, NodeObject } from '#model/cluster.ts';
import type { IpFamily, Link, NatRules, Route, SubnetEnv } from '#model/kernel.ts';
import { cidrIncludes, parseCidr } from '#model/net/cidr.ts';

/** What was read of one node, as far as it tells with which settings its flanneld started. */
export interface NodeReading {
  readonly node: string;
  readonly links?: readonly Link[];
  readonly routes?: readonly Route[];
  readonly subnetEnv?: SubnetEnv | null;
  readonly natRules?: NatRules;
}

/**
 * What the next start of a flannel pod does with a changed setting.
 *
 * - `refused`: flanneld does not start where a node's pod range does not fit the setting.
 * - `apart`: the node and those that still run with the old setting lose each other.
 * - `applied`: the node gets other rules, routes or packet sizes; traffic goes on.
 * - `kept`: nothing, until the vxlan link is made anew: flanneld does not compare the setting with a link that is
 *   there (flannel@v0.28.9:pkg/backend/vxlan/device.go).
 */
export type RestartEffect = 'refused' | 'apart' | 'applied' | 'kept';

/** A setting of net-conf.json that most nodes run without. */
export interface SettingDrift {
  /** Key in net-conf.json, e.g. `Backend.VNI`. */
  readonly key: string;
  /** What the file asks for. */
  readonly asked: string;
  /** What most nodes run with. */
  readonly running: string;
  readonly effect: RestartEffect;
  /** JSON pointers into the snapshot: what one of those nodes shows. */
  readonly evidence: readonly string[];
}

/** Settings to replace; undefined: as if the file did not name it. */
export type NetConfChange = { readonly [K in keyof NetConf]?: NetConf[K] | undefined };

/** A setting as most nodes have it. */
export interface SettingVote {
  readonly change: NetConfChange;
  readonly drift: SettingDrift;
}

/** The facts of the cluster that this is told from. */
export interface NetConfFacts {
  readonly nodes: readonly NodeObject[];
  /** Absent when it is not known where flannel runs: then its annotations say nothing. */
  readonly flannel?: FlannelWorkload;
  /** The file. */
  readonly netConf: NetConf;
}

/** Whether some node has a pod range that is outside of a network, or none: flanneld does not start there. */
export function refusesSomeNode(
  nodes: readonly NodeObject[],
  family: IpFamily,
  network: string | undefined,
): boolean {
  const range = network === undefined ? undefined : parseCidr(network);
  return nodes.some((node) => {
    if (node.os !== 'linux') return false;
    const own = podCidrOf(node, family);
    return own === undefined || range === undefined || !cidrIncludes(range, own);
  });
}
