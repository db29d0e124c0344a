// SPDX-License-Identifier: Apache-2.0

import type { FlannelLog, LogLineId, LogMatch } from '#model/flannel-log.ts';

/** A line of flanneld's log in words. */
interface LineMeaning {
  /**
   * - `start`: flanneld ended with it; over once a later start succeeded.
   * - `repeated`: it comes again and again as long as it is so.
   */
  readonly kind: 'start' | 'repeated';
  /** What is wrong, to follow "flannel on NODE …". */
  readonly means: string;
}

function start(means: string): LineMeaning {
  return { kind: 'start', means };
}

/** What each line means (flannel@v0.28.9: main.go, pkg/subnet/kube/kube.go, pkg/backend). */
const MEANINGS: Readonly<Record<Exclude<LogLineId, 'running'>, LineMeaning>> = {
  'api-forbidden': start('may not read from the API server what it needs to start'),
  'api-unreachable': start('does not reach the API server, so it cannot start'),
  'api-certificate': start('does not trust the certificate of the API server'),
  'net-conf-unreadable': start('cannot read net-conf.json'),
  'nodes-not-synced': start('did not get the list of nodes within ten minutes'),
  'br-netfilter-missing': start('does not find the kernel module br_netfilter'),
  'interface-not-found': start('finds no link to send through'),
  'pod-cidr-not-assigned': start('finds no pod range assigned to its node'),
  'pod-cidr-outside-network': start(
    'finds the pod range of its node outside of the network in net-conf.json',
  ),
  'families-differ': start(
    'finds other address families in net-conf.json than its node has pod ranges of',
  ),
  'annotations-refused': start('cannot write the annotations of its node'),
  'kernel-refused': start('may not make its link, or the kernel cannot'),
  'vxlan-taken': start('finds the VNI and port of its vxlan link taken by another link'),
  'mac-changed': start('finds the MAC of its link changed by something else on the node'),
  'backend-unknown': start('does not know the backend in net-conf.json'),
  'health-port-taken': start('finds the port for its health answers taken'),
  'rules-tool-missing': start('finds no tool for packet filter rules'),
  'link-loss-panic': start('crashed when its vxlan link vanished, as v0.27.4 to v0.28.4 do'),
  'watch-failing': { kind: 'repeated', means: 'does not get the nodes from the API server' },
  'rules-failing': { kind: 'repeated', means: 'cannot write its packet filter rules' },
  'rules-fought-over': {
    kind: 'repeated',
    means: 'writes its packet filter rules again and again, because something removes them',
  },
};

/** Shortest time that a repeated line has gone on before it counts: a restart of the API server is shorter. */
const LASTING_MS = 60_000;
/** Longest silence after which a repeated line still counts as going on: client-go tries again within 30 s. */
const SILENCE_MS = 45_000;
/** Fewest lines: two may be two moments. */
const FEWEST = 3;

/** A line that tells of something that is wrong now. */
export interface CurrentProblem {
  readonly match: LogMatch;
  /** Position among the log's matches, for evidence. */
  readonly index: number;
  readonly means: string;
}

/** What the log says is wrong now: nothing that a later line, or silence, shows to be over. */
export function currentProblems(log: FlannelLog): readonly CurrentProblem[] {
  const running = log.matches.find(({ id }) => id === 'running')?.lastLine ?? -1;
  return log.matches.flatMap((match, index) => {
    if (match.id === 'running') return [];
    const { kind, means } = MEANINGS[match.id];
    const isCurrent = kind === 'start' ? match.lastLine > running : goesOn(match, log.readAt);
    return isCurrent ? [{ match, index, means }] : [];
  });
}

function goesOn({ count, firstAt, lastAt }: LogMatch, readAt: string): boolean {
  const last = Date.parse(lastAt);
  const lasting = last - Date.parse(firstAt) >= LASTING_MS;
  return count >= FEWEST && lasting && Date.parse(readAt) - last <= SILENCE_MS;
}
