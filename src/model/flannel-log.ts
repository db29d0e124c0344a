// SPDX-License-Identifier: Apache-2.0

/**
 * Lines of flanneld's log that mean something, by what they mean. `running` says that a start succeeded, the first
 * group that it did not, the last group is repeated as long as it is so.
 */
export type LogLineId =
  | 'running'
  | 'api-forbidden'
  | 'api-unreachable'
  | 'api-certificate'
  | 'net-conf-unreadable'
  | 'nodes-not-synced'
  | 'br-netfilter-missing'
  | 'interface-not-found'
  | 'pod-cidr-not-assigned'
  | 'pod-cidr-outside-network'
  | 'families-differ'
  | 'annotations-refused'
  | 'kernel-refused'
  | 'vxlan-taken'
  | 'mac-changed'
  | 'backend-unknown'
  | 'health-port-taken'
  | 'rules-tool-missing'
  | 'link-loss-panic'
  | 'watch-failing'
  | 'rules-failing'
  | 'rules-fought-over';

/** One kind of line in the part of a log that was read. */
export interface LogMatch {
  readonly id: LogLineId;
  readonly count: number;
  /** Instants of the first and the last such line by the node's clock, ISO-8601 UTC. */
  readonly firstAt: string;
  readonly lastAt: string;
  /** Position of the last such line: of two lines the greater one is the later. */
  readonly lastLine: number;
  /** The last such line without its head, cut to 200 characters, without control characters and tokens. */
  readonly text: string;
}

/** What the end of a flannel container's log says; the log itself is not kept. */
export interface FlannelLog {
  /** The node's clock when it was read, ISO-8601 UTC; our own where that of the node is not known. */
  readonly readAt: string;
  /** Lines that were read, at most the last 200. */
  readonly lines: number;
  readonly matches: readonly LogMatch[];
}
