// SPDX-License-Identifier: Apache-2.0

import type { LinkAddress } from '#model/kernel.ts';
import {
  countField,
  isJsonRecord,
  parseJsonRecords,
  textField,
} from '#sources/linux/json-records.ts';
import { parseAddressText } from '#sources/linux/link-text.ts';
import { isJsonOutput } from '#sources/linux/text-lines.ts';

/**
 * Parses `ip -j addr show`. Addresses of other families than IPv4 and IPv6 are skipped. Text in place of JSON is parsed
 * as such.
 *
 * @throws LinuxParseError
 */
export function parseAddresses(text: string): readonly LinkAddress[] {
  if (!isJsonOutput(text)) {
    return Object.freeze(parseAddressText(text).map((address) => Object.freeze(address)));
  }
  const addresses: LinkAddress[] = [];
  for (const record of parseJsonRecords('ip addr', text)) {
    const link = textField(record, 'ifname');
    const infos = record['addr_info'];
    if (link === undefined || !Array.isArray(infos)) continue;
    for (const info of infos) {
      const address = addressOf(link, info);
      if (address !== undefined) addresses.push(Object.freeze(address));
    }
  }
  return Object.freeze(addresses);
}

function addressOf(link: string, info: unknown): LinkAddress | undefined {
  if (!isJsonRecord(info)) return undefined;
  const family = info['family'];
  const address = textField(info, 'local');
  if ((family !== 'inet' && family !== 'inet6') || address === undefined) return undefined;
  return {
    link,
    family: family === 'inet' ? 4 : 6,
    address,
    prefixLength: countField(info, 'prefixlen') ?? (family === 'inet' ? 32 : 128),
    scope: textField(info, 'scope') ?? 'global',
  };
}
