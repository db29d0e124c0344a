// SPDX-License-Identifier: Apache-2.0

import type { Link, LinkAddress, VxlanParameters } from '#model/kernel.ts';
import { parseAddress } from '#model/net/address.ts';
import { LinuxParseError } from '#sources/linux/parse-error.ts';
import { isAddress, isLinkName, textLines, wordsOf } from '#sources/linux/text-lines.ts';

/** `4: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 …`; a pair's other end follows an `@`. */
const HEAD =
  /^(\d{1,10}): ([^\s/:@]{1,15})(?:@[^\s/:]{1,15})?: <([A-Za-z0-9_,-]*)> mtu (\d{1,10})(?: (.*))?$/;
const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2})*$/;
/** First words of the line that `-d` adds for a link of that kind (iproute2:ip/iplink_*.c). */
const KINDS: ReadonlySet<string> = new Set([
  ...['vxlan', 'bridge', 'veth', 'dummy', 'wireguard', 'vlan', 'bond', 'ipip', 'gre', 'sit', 'tun'],
  ...['macvlan', 'ipvlan', 'vrf', 'geneve', 'team', 'ifb'],
]);

interface Block {
  readonly head: RegExpExecArray;
  readonly details: readonly (readonly string[])[];
}

/**
 * Parses `ip link show` in text, of BusyBox and of iproute2 with or without `-d`. Without `-d` a link has no kind and
 * no vxlan parameters: neither is told.
 *
 * @throws LinuxParseError when a line that begins no link is not indented
 */
export function parseLinkText(text: string): readonly Link[] {
  return blocksOf('ip link', text).map(linkOf);
}

/**
 * Parses `ip addr show` in text, of BusyBox and of iproute2.
 *
 * @throws LinuxParseError when a line that begins no link is not indented, or an address is none
 */
export function parseAddressText(text: string): readonly LinkAddress[] {
  return blocksOf('ip addr', text).flatMap(({ head, details }) =>
    details
      .filter(([first]) => first === 'inet' || first === 'inet6')
      .map((words) => addressOf(head[2] ?? '', words)),
  );
}

function blocksOf(subject: string, text: string): readonly Block[] {
  const blocks: { head: RegExpExecArray; details: (readonly string[])[] }[] = [];
  for (const line of textLines(subject, text)) {
    const head = HEAD.exec(line);
    if (head !== null) {
      blocks.push({ head, details: [] });
      continue;
    }
    const block = blocks.at(-1);
    if (block === undefined || !/^\s/.test(line)) {
      throw new LinuxParseError(subject, 'has a line that is no link');
    }
    block.details.push(wordsOf(line));
  }
  return blocks;
}

function linkOf({ head, details }: Block): Link {
  const [, ifindex, name = '', flags = '', mtu, rest = ''] = head;
  const master = /(?:^| )master (\S+)/.exec(rest)?.[1];
  return {
    ifindex: Number(ifindex),
    name,
    up: flags.split(',').includes('UP'),
    mtu: Number(mtu),
    ...macOf(details),
    ...(isLinkName(master) && { master }),
    ...kindOf(details),
  };
}

function macOf(details: Block['details']): Pick<Link, 'mac'> {
  const [, mac = ''] = details.find(([first]) => first?.startsWith('link/')) ?? [];
  return MAC.test(mac.toLowerCase()) ? { mac: mac.toLowerCase() } : {};
}

function kindOf(details: Block['details']): Pick<Link, 'kind' | 'vxlan'> {
  const words = details.find(([first = '']) => KINDS.has(first));
  const [kind] = words ?? [];
  if (words === undefined || kind === undefined) return {};
  const vxlan = kind === 'vxlan' ? vxlanOf(words) : undefined;
  return vxlan === undefined ? { kind } : { kind, vxlan };
}

/** `vxlan id 1 local 10.213.0.11 dev eth0 srcport 0 0 dstport 8472 nolearning …` (iproute2:ip/iplink_vxlan.c). */
function vxlanOf(words: readonly string[]): VxlanParameters | undefined {
  const after = (key: string): string | undefined => {
    const at = words.indexOf(key);
    return at < 0 ? undefined : words[at + 1];
  };
  const [id, local, lowerLink, port] = ['id', 'local', 'dev', 'dstport'].map(after);
  if (id === undefined || !/^\d{1,8}$/.test(id)) return undefined;
  return Object.freeze({
    vni: Number(id),
    ...(isAddress(local) && { local }),
    ...(isLinkName(lowerLink) && { lowerLink }),
    port: port !== undefined && /^\d{1,5}$/.test(port) ? Number(port) : 8472,
    learning: !words.includes('nolearning'),
    gbp: words.includes('gbp'),
  });
}

/** `inet 10.244.3.1/24 brd … scope global cni0`, or `inet 10.0.0.1 peer 10.0.0.2/32 …`. */
const ADDRESS = /^inet6? ([0-9a-f.:]+)(?:\/(\d{1,3})| peer [0-9a-f.:]+\/(\d{1,3}))?(?: |$)/;

function addressOf(link: string, words: readonly string[]): LinkAddress {
  const family = words[0] === 'inet' ? 4 : 6;
  const [, address = '', own, ofPeer] = ADDRESS.exec(words.join(' ')) ?? [];
  if (parseAddress(address)?.family !== family) {
    throw new LinuxParseError('ip addr', 'has a line that is no address');
  }
  const prefixLength = Number(own ?? ofPeer ?? (family === 4 ? 32 : 128));
  const scope = words.includes('scope') ? words[words.indexOf('scope') + 1] : undefined;
  return { link, family, address, prefixLength, scope: scope ?? 'global' };
}
