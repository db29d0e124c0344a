// SPDX-License-Identifier: Apache-2.0

import type { FilterRules, PacketRule } from '#model/kernel.ts';
import { LinuxParseError } from '#sources/linux/parse-error.ts';
import { plainText } from '#sources/plain-text.ts';

const MAX_RULES = 5000;
const MAX_LINES = 500;
/** Of one rule, characters. */
const MAX_CONDITIONS = 4000;
/** A chain's name, as iptables takes it. */
const RULE = /^-A ([A-Za-z0-9_.:-]{1,32}) (.*)$/;
const WORD = /"(?:[^"\\]|\\.)*"|\S+/g;

/**
 * Parses `iptables-save -t filter`, reduced to the chain FORWARD and flannel's own. Without a line for FORWARD the
 * table does not exist, and everything is accepted.
 *
 * @throws LinuxParseError when there are too many rules
 */
export function parseFilterRules(text: string): FilterRules {
  const policy = /^:FORWARD ([A-Z]{1,16}) /m.exec(text)?.[1] ?? 'ACCEPT';
  return Object.freeze({ policy, rules: rulesOf(text, 'filter') });
}

/**
 * Parses `iptables-save -t nat`, reduced to the chain POSTROUTING and flannel's own.
 *
 * @throws LinuxParseError when there are too many rules
 */
export function parseNatRules(text: string): readonly PacketRule[] {
  return rulesOf(text, 'nat');
}

/**
 * The lines of `nft list table`, without indentation.
 *
 * @throws LinuxParseError when there are too many
 */
export function parseFlannelTable(text: string): readonly string[] {
  const lines = text.split('\n', MAX_LINES + 1).flatMap((line) => plainText(line.trim()) || []);
  if (lines.length > MAX_LINES) throw new LinuxParseError('nft list table', 'has too many lines');
  return Object.freeze(lines);
}

/** Tables that iptables-nft, flannel and kube-proxy (nftables mode) make; their rules are judged, or harmless. */
const KNOWN_TABLES: ReadonlySet<string> = new Set([
  ...['filter', 'mangle', 'nat', 'raw', 'security'].map((table) => `ip ${table}`),
  'ip flannel-ipv4',
  'ip kube-proxy',
]);
/** Families whose chains see IPv4 packets. */
const NFT_TABLE = /^table ((?:ip|inet) [A-Za-z0-9_./-]{1,64}) \{/;
const NFT_FORWARD = /^\s+type filter hook forward /;

/**
 * The tables of `nft list chains` with a chain for forwarded IPv4 packets that nobody else knows, each once.
 *
 * @throws LinuxParseError when there are too many
 */
export function parseForwardTables(text: string): readonly string[] {
  const tables = new Set<string>();
  let table: string | undefined;
  for (const line of text.split('\n')) {
    if (line.startsWith('table ')) table = NFT_TABLE.exec(line)?.[1];
    else if (table !== undefined && NFT_FORWARD.test(line)) tables.add(table);
  }
  const others = [...tables].filter((name) => !KNOWN_TABLES.has(name));
  if (others.length > MAX_LINES)
    throw new LinuxParseError('nft list chains', 'has too many tables');
  return Object.freeze(others);
}

function rulesOf(text: string, table: string): readonly PacketRule[] {
  const rules = text.split('\n').flatMap((line): PacketRule[] => {
    const [, chain, spec] = RULE.exec(line.trimEnd()) ?? [];
    return chain === undefined || spec === undefined ? [] : [ruleOf(chain, spec)];
  });
  if (rules.length > MAX_RULES) {
    throw new LinuxParseError(`iptables-save -t ${table}`, 'has too many rules');
  }
  return Object.freeze(rules);
}

/** What follows the target are the target's own options, and no conditions. */
function ruleOf(chain: string, spec: string): PacketRule {
  const words = (spec.match(WORD) ?? []).map((word) => plainText(word));
  const targetAt = words.findIndex((word) => word === '-j' || word === '-g');
  const target = targetAt < 0 ? undefined : words[targetAt + 1];
  const conditions = withoutComment(targetAt < 0 ? words : words.slice(0, targetAt));
  const source = takeRange(conditions, '-s');
  const destination = takeRange(conditions, '-d');
  return Object.freeze({
    chain,
    ...(source !== undefined && { source }),
    ...(destination !== undefined && { destination }),
    conditions: plainText(conditions.join(' '), MAX_CONDITIONS),
    ...(target !== undefined && { target }),
  });
}

function withoutComment(words: readonly string[]): string[] {
  const at = words.findIndex((word, index) => word === '-m' && words[index + 1] === 'comment');
  return at < 0 ? [...words] : [...words.slice(0, at), ...words.slice(at + 4)];
}

/** Takes `-s RANGE` or `! -s RANGE` out of the words. */
function takeRange(words: string[], flag: '-s' | '-d'): string | undefined {
  const at = words.indexOf(flag);
  if (at < 0) return undefined;
  const negated = words[at - 1] === '!';
  const [, range = ''] = words.splice(at, 2);
  if (negated) words.splice(at - 1, 1);
  return negated ? `! ${range}` : range;
}
