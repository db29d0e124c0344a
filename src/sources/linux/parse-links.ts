// SPDX-License-Identifier: Apache-2.0

import type { Link, VxlanParameters } from '#model/kernel.ts';
import {
  type JsonRecord,
  countField,
  hasFlag,
  isJsonRecord,
  parseJsonRecords,
  textField,
} from '#sources/linux/json-records.ts';
import { parseLinkText } from '#sources/linux/link-text.ts';
import { isJsonOutput } from '#sources/linux/text-lines.ts';

/**
 * Parses `ip -j -d link show`. Records without a name are skipped: they name no link. Text in place of
 * JSON is parsed as such.
 *
 * Key names are unchanged from iproute2 4.19 to 7.1 (iproute2:ip/ipaddress.c, ip/iplink_vxlan.c).
 *
 * @throws LinuxParseError
 */
export function parseLinks(text: string): readonly Link[] {
  if (!isJsonOutput(text)) {
    return Object.freeze(parseLinkText(text).map((link) => Object.freeze(link)));
  }
  const links: Link[] = [];
  for (const record of parseJsonRecords('ip link', text)) {
    const link = linkOf(record);
    if (link !== undefined) links.push(Object.freeze(link));
  }
  return Object.freeze(links);
}

/** Six octets or, for InfiniBand, twenty. */
const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2})+$/;

function linkOf(record: JsonRecord): Link | undefined {
  const name = textField(record, 'ifname');
  if (name === undefined) return undefined;
  const info = record['linkinfo'];
  const kind = isJsonRecord(info) ? textField(info, 'info_kind') : undefined;
  const master = textField(record, 'master');
  const vxlan = kind === 'vxlan' && isJsonRecord(info) ? vxlanOf(info['info_data']) : undefined;
  return {
    ifindex: countField(record, 'ifindex') ?? 0,
    name,
    up: hasFlag(record, 'flags', 'UP'),
    mtu: countField(record, 'mtu') ?? 0,
    ...macOf(record),
    ...(kind !== undefined && { kind }),
    ...(master !== undefined && { master }),
    ...(vxlan !== undefined && { vxlan }),
  };
}

/** The link-layer address of an IP tunnel is an IP address, and no MAC. */
function macOf(record: JsonRecord): Pick<Link, 'mac'> {
  const address = textField(record, 'address')?.toLowerCase() ?? '';
  return MAC.test(address) ? { mac: address } : {};
}

/** Without an id the details are unusable: the link then has kind vxlan and no parameters. */
function vxlanOf(data: unknown): VxlanParameters | undefined {
  if (!isJsonRecord(data)) return undefined;
  const vni = countField(data, 'id');
  if (vni === undefined) return undefined;
  const local = textField(data, 'local') ?? textField(data, 'local6');
  const lowerLink = textField(data, 'link');
  return Object.freeze({
    vni,
    ...(local !== undefined && { local }),
    ...(lowerLink !== undefined && { lowerLink }),
    // The kernel's default (include/net/vxlan.h); iproute2 prints the port always.
    port: countField(data, 'port') ?? 8472,
    learning: data['learning'] === true,
    gbp: data['gbp'] === true,
  });
}

/**
 * Names of the links whose neighbours and FDB entries are kept. Undefined: the links are not known, and names that
 * start with `flannel` are taken instead.
 */
export type VxlanLinkNames = ReadonlySet<string> | undefined;

/** Names of all vxlan links, and of those that flannel's may be where the tool tells no kinds. */
export function vxlanLinkNames(links: readonly Link[]): ReadonlySet<string> {
  const isVxlan = ({ kind, name }: Link): boolean =>
    kind === 'vxlan' || (kind === undefined && name.startsWith('flannel'));
  return new Set(links.filter(isVxlan).map((link) => link.name));
}

/** Whether entries of a link are kept. Flannel names its links `flannel.<vni>` and `flannel-v6.<vni>`. */
export function keepsEntriesOf(link: string, names: VxlanLinkNames): boolean {
  return names === undefined ? link.startsWith('flannel') : names.has(link);
}
