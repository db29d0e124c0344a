// SPDX-License-Identifier: Apache-2.0

/** A fault of flannel itself that was reported in public, and in which versions it is. */
export interface KnownFault {
  /** Where it was reported: `owner/repository#number`. */
  readonly source: string;
  readonly kind: 'crash' | 'memory' | 'lost-peers';
  /** What happens, and when; one sentence. */
  readonly what: string;
  /** First version that has it; absent: it was there from the beginning. */
  readonly from?: string;
  /** First version without it; absent: no version is known to be without it. */
  readonly fixedIn?: string;
  /** Where no version mends it, or not alone: what does; one sentence. */
  readonly instead?: string;
}

/** Until when reports were read. Nothing is fetched: a newer Selvage has a newer list. */
export const KNOWN_FAULTS_AS_OF: string = '2026-09';

/** Faults that are known, the newest version first. No leak of flanneld's own memory is among them: none is known. */
export const KNOWN_FAULTS: readonly KnownFault[] = [
  {
    source: 'flannel-io/flannel#2433',
    kind: 'crash',
    what: 'It panics in reCreateVxlan when flannel.1 is deleted in a cluster without IPv6.',
    from: 'v0.27.4',
    fixedIn: 'v0.28.5',
    instead:
      'Whatever deletes the link (NetworkManager, another dataplane) does so after an update too.',
  },
  {
    source: 'flannel-io/flannel#2554',
    kind: 'lost-peers',
    what: 'Routes of nodes that were deleted while it did not run stay for ever.',
    instead: "Selvage's check route-stale finds them.",
  },
  {
    source: 'flannel-io/flannel#877',
    kind: 'lost-peers',
    what: 'It does not notice that flannel.1 was deleted together with the link below it.',
    fixedIn: 'v0.27.4',
    instead: 'From v0.27.4 on the link comes back without its routes: restart flannel then.',
  },
  {
    source: 'flannel-io/flannel#719',
    kind: 'crash',
    what: 'With more nodes than its queue of events holds (5,000) it hangs at its start.',
    fixedIn: 'v0.27.1',
    instead: 'Before, EVENT_QUEUE_DEPTH makes the queue longer.',
  },
  {
    source: 'flannel-io/flannel#1978',
    kind: 'crash',
    what: 'It takes the annotation public-ip for the address of an interface and does not start where it is none.',
    from: 'v0.25.2',
    fixedIn: 'v0.25.3',
  },
  {
    source: 'flannel-io/flannel#1822',
    kind: 'lost-peers',
    what: 'In dual-stack clusters peers keep the old IPv6 MAC of a node that was booted anew.',
    from: 'v0.24.1',
    fixedIn: 'v0.25.2',
  },
  {
    source: 'flannel-io/flannel#958',
    kind: 'lost-peers',
    what: 'One failed netlink call loses a peer for good, as happens when many nodes join at once.',
    fixedIn: 'v0.21.1',
  },
  {
    source: 'flannel-io/flannel#963',
    kind: 'memory',
    what: 'Its manifest limits memory to 50Mi, which flanneld and its iptables children exceed.',
    from: 'v0.10.0',
    fixedIn: 'v0.21.0',
    instead: 'The limit stays until the DaemonSet is applied anew or the limit is raised.',
  },
  {
    source: 'm-lab/k8s-support#433',
    kind: 'memory',
    what: 'Its iptables children count as its memory, which grows with the number of rules of the node.',
    instead: 'No limit, or the nftables mode, does away with it.',
  },
];

/**
 * The faults that a version has.
 *
 * @param version as in the tag of the image: `v0.27.4`, also with something behind it
 * @returns undefined when the version cannot be read
 */
export function faultsOf(version: string): readonly KnownFault[] | undefined {
  const running = numbersOf(version);
  if (running === undefined) return undefined;
  const isBefore = (other: string | undefined, whenAbsent: boolean): boolean => {
    const numbers = other === undefined ? undefined : numbersOf(other);
    return numbers === undefined ? whenAbsent : compare(running, numbers) < 0;
  };
  return KNOWN_FAULTS.filter(
    ({ from, fixedIn }) => !isBefore(from, false) && isBefore(fixedIn, true),
  );
}

/**
 * The first version that has none of a version's faults, and none of those that came between; undefined when there is
 * no fault, or none that an update mends.
 */
export function mendedBy(version: string): string | undefined {
  const fixes = (faultsOf(version) ?? []).flatMap(({ fixedIn }) => fixedIn ?? []);
  const [newest] = fixes.sort((a, b) => compare(numbersOf(b) ?? [], numbersOf(a) ?? []));
  return newest === undefined ? undefined : (mendedBy(newest) ?? newest);
}

function numbersOf(version: string): readonly number[] | undefined {
  const match = /^v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?![\d.])/u.exec(version);
  return match?.slice(1).map(Number);
}

function compare(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((number, i) => number !== b[i]);
  return index < 0 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}
