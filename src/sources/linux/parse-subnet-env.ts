// SPDX-License-Identifier: Apache-2.0

import type { SubnetEnv } from '#model/kernel.ts';
import { LinuxParseError } from '#sources/linux/parse-error.ts';
import { nonEmpty } from '#sources/plain-text.ts';

/** A value as flannel writes it: addresses, prefix lengths, numbers, booleans. */
const LINE = /^(FLANNEL_[A-Z0-9_]{1,32})=([0-9A-Za-z.:/]{0,64})$/;
const MAX_LINES = 64;

/**
 * Parses `/run/flannel/subnet.env` strictly: `KEY=value` lines in flannel's own alphabet
 * (flannel@v0.28.9:pkg/subnet/subnet.go, WriteSubnetFile). Unknown FLANNEL_ keys are ignored. With two networks of a
 * family the file holds them comma separated; such a line is refused, as the CNI plugin refuses it.
 *
 * @throws LinuxParseError when a line is anything else
 */
export function parseSubnetEnv(text: string): SubnetEnv {
  const values = new Map<string, string>();
  const lines = text.split('\n', MAX_LINES + 1).filter((line) => line.trim() !== '');
  if (lines.length > MAX_LINES) throw new LinuxParseError('cat subnet.env', 'has too many lines');
  for (const line of lines) {
    const [, key, value] = LINE.exec(line.trimEnd()) ?? [];
    if (key === undefined || value === undefined) {
      throw new LinuxParseError('cat subnet.env', 'has a line that is no FLANNEL_ setting');
    }
    values.set(key, value);
  }
  return Object.freeze(subnetEnvOf(values));
}

function subnetEnvOf(values: ReadonlyMap<string, string>): SubnetEnv {
  const text = (key: string): string | undefined => nonEmpty(values.get(key));
  const network = text('FLANNEL_NETWORK');
  const subnet = text('FLANNEL_SUBNET');
  const ipv6Network = text('FLANNEL_IPV6_NETWORK');
  const ipv6Subnet = text('FLANNEL_IPV6_SUBNET');
  const mtu = /^\d{1,6}$/.exec(values.get('FLANNEL_MTU') ?? '')?.[0];
  const ipMasq = values.get('FLANNEL_IPMASQ');
  return {
    ...(network !== undefined && { network }),
    ...(subnet !== undefined && { subnet }),
    ...(ipv6Network !== undefined && { ipv6Network }),
    ...(ipv6Subnet !== undefined && { ipv6Subnet }),
    ...(mtu !== undefined && { mtu: Number(mtu) }),
    ...((ipMasq === 'true' || ipMasq === 'false') && { ipMasq: ipMasq === 'true' }),
  };
}
