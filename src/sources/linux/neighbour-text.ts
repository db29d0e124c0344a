// SPDX-License-Identifier: Apache-2.0

import type { FdbEntry, Neighbour } from '#model/kernel.ts';
import { LinuxParseError } from '#sources/linux/parse-error.ts';
import { isAddress, isLinkName, textLines, wordsOf } from '#sources/linux/text-lines.ts';

/** iproute2:ip/ipneigh.c and lib/utils, print_neigh_state; BusyBox has the same words. */
const STATE = /^(?:INCOMPLETE|REACHABLE|STALE|DELAY|PROBE|FAILED|NOARP|PERMANENT)$/;
const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2})*$/;

/**
 * Parses `ip neigh show` in text, of BusyBox and of iproute2, for all links.
 *
 * @throws LinuxParseError when a line is no neighbour
 */
export function parseNeighbourText(text: string): readonly Neighbour[] {
  return textLines('ip neigh', text).map((line) => {
    const words = wordsOf(line);
    const [address] = words;
    const link = words[1] === 'dev' ? words[2] : undefined;
    if (!isAddress(address) || !isLinkName(link)) {
      throw new LinuxParseError('ip neigh', 'has a line that is no neighbour');
    }
    const mac = words[3] === 'lladdr' ? words[4]?.toLowerCase() : undefined;
    const state = words.slice(3).find((word) => STATE.test(word));
    return {
      family: address.includes(':') ? 6 : 4,
      address,
      link,
      ...(mac !== undefined && { mac }),
      nud: state?.toLowerCase() ?? 'none',
    };
  });
}

/**
 * Parses `bridge fdb show` in text, for all links.
 *
 * @throws LinuxParseError when a line is no entry
 */
export function parseFdbText(text: string): readonly FdbEntry[] {
  return textLines('bridge fdb', text).map((line) => {
    const words = wordsOf(line);
    const mac = words[0]?.toLowerCase() ?? '';
    const link = words[1] === 'dev' ? words[2] : undefined;
    if (!MAC.test(mac) || !isLinkName(link)) {
      throw new LinuxParseError('bridge fdb', 'has a line that is no entry');
    }
    const dst = words[3] === 'dst' ? words[4] : undefined;
    const state = words.slice(3).find((word) => /^(?:permanent|static|stale)$/.test(word));
    return { mac, link, ...(isAddress(dst) && { dst }), state: state ?? '' };
  });
}
