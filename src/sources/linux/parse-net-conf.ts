// SPDX-License-Identifier: Apache-2.0

import type { NetConf } from '#model/cluster.ts';
import { type JsonRecord, isJsonRecord } from '#sources/linux/json-records.ts';
import { LinuxParseError } from '#sources/linux/parse-error.ts';

const SUBJECT = 'net-conf.json';
const MAX_LENGTH = 1_000_000;

/**
 * Parses flannel's `net-conf.json` as flanneld does (flannel@v0.28.9:pkg/subnet/config.go, ParseConfig): keys match
 * without regard to case, a missing Backend is `udp`, and a value of the wrong type is an error.
 *
 * @throws LinuxParseError when flanneld could not read it either
 */
export function parseNetConf(text: string): NetConf {
  if (text.length > MAX_LENGTH) throw new LinuxParseError(SUBJECT, 'is too large');
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new LinuxParseError(SUBJECT, 'is not JSON');
  }
  if (!isJsonRecord(parsed)) throw new LinuxParseError(SUBJECT, 'is no JSON object');
  const root = new GoObject(parsed);
  return Object.freeze({
    ...root.optionalText('Network', 'network'),
    ...root.optionalText('IPv6Network', 'ipv6Network'),
    ipv4: root.flag('EnableIPv4', true),
    ipv6: root.flag('EnableIPv6', false),
    nftables: root.flag('EnableNFTables', false),
    ...backendOf(root.object('Backend')),
  });
}

type Backend = Omit<NetConf, 'network' | 'ipv6Network' | 'ipv4' | 'ipv6' | 'nftables'>;

function backendOf(backend: GoObject): Backend {
  const port = backend.count('Port');
  const mtu = backend.count('MTU');
  const backendType = backend.text('Type')?.toLowerCase() ?? 'udp';
  return {
    backendType,
    vni: backend.count('VNI') ?? 1,
    // flannel passes 0 on to the kernel, which then takes its default.
    ...(port !== undefined && port !== 0 && { port }),
    ...(mtu !== undefined && mtu !== 0 && { mtu }),
    directRouting: backend.flag('DirectRouting', false),
    learning: backend.flag('Learning', false),
    gbp: backend.flag('GBP', false),
    ...(backendType === 'wireguard' && backend.optionalText('Mode', 'mode')),
  };
}

/**
 * An object read as Go's encoding/json fills a struct: keys fold case, the last of several equal keys wins, null
 * leaves the default.
 */
class GoObject {
  readonly #values = new Map<string, unknown>();

  constructor(record: JsonRecord) {
    for (const [key, value] of Object.entries(record)) {
      if (value !== null) this.#values.set(key.toLowerCase(), value);
    }
  }

  text(name: string): string | undefined {
    const value = this.#values.get(name.toLowerCase());
    if (value === undefined || value === '') return undefined;
    if (typeof value !== 'string' || value.length > 128) throw wrongType(name);
    return value;
  }

  optionalText<K extends string>(name: string, key: K): Partial<Readonly<Record<K, string>>> {
    const value = this.text(name);
    return value === undefined ? {} : ({ [key]: value } as Record<K, string>);
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.#values.get(name.toLowerCase()) ?? otherwise;
    if (typeof value !== 'boolean') throw wrongType(name);
    return value;
  }

  count(name: string): number | undefined {
    const value = this.#values.get(name.toLowerCase());
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
      throw wrongType(name);
    }
    return value;
  }

  object(name: string): GoObject {
    const value = this.#values.get(name.toLowerCase()) ?? {};
    if (!isJsonRecord(value)) throw wrongType(name);
    return new GoObject(value);
  }
}

function wrongType(name: string): LinuxParseError {
  return new LinuxParseError(SUBJECT, `has an unusable value for ${name}`);
}
