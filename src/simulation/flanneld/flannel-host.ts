// SPDX-License-Identifier: Apache-2.0
import type { Kernel } from '#simulation/kernel/kernel.ts';
import type { NodeFiles } from '#simulation/kernel/node-files.ts';
import type { ObjectStore } from '#simulation/store.ts';
import type { ExternalInterface } from './external-interface.ts';
import type { Severity } from './flannel-log.ts';
import type { LeaseBook } from './lease-book.ts';
import type { NetConf } from './net-conf.ts';
import type { SubnetLease } from './subnet-lease.ts';

/** Flags of flanneld that the simulation knows. */
export interface FlannelFlags {
  /** `--iptables-forward-rules` */
  readonly forwardRules: boolean;
  /** `--ip-blackhole-route`: what is for an address of the node that no pod has goes nowhere. */
  readonly blackholeRoute: boolean;
}

/** Flags that are not given. */
export const DEFAULT_FLAGS: FlannelFlags = { forwardRules: true, blackholeRoute: false };

/** Where a flanneld runs. */
export interface FlannelHost {
  readonly nodeName: string;
  readonly kernel: Kernel;
  readonly files: NodeFiles;
  readonly store: ObjectStore;
  readonly leases: LeaseBook;
  /** e.g. `v0.28.9` */
  readonly version: string;
  readonly flags: FlannelFlags;
  /** A new locally administered MAC. */
  randomMac(): string;
  now(): Date;
}

/** Everything a running flanneld knows. */
export interface FlannelRun {
  readonly host: FlannelHost;
  readonly config: NetConf;
  readonly external: ExternalInterface;
  readonly own: SubnetLease;
  readonly log: (severity: Severity, source: string, text: string) => void;
}

/** How a life of flanneld ended, in the words of a container state. */
export interface FlannelExit {
  readonly exitCode: number;
  readonly reason: 'Error' | 'OOMKilled' | 'Completed';
}
