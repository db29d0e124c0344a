// SPDX-License-Identifier: Apache-2.0

import type { IptablesWorld } from '#model/kernel.ts';
import { LinuxParseError } from '#sources/linux/parse-error.ts';

/** Rules of one program in one world; more are an attack on the reader's memory. */
const MAX_RULES = 5000;
const POLICY = /^:FORWARD ([A-Z]{1,16}) /;
const TARGET = /\s-[jg] ([A-Za-z0-9_.:-]{1,32})(?:\s|$)/;
const QUOTED = /"(?:[^"\\]|\\.)*"/g;
const NFT_HOOK = /^type \w+ hook /;
const NFT_FORWARD = /^type filter hook forward priority [^;]{1,40}; policy (\w{1,16});/;
/** Lines that are neither hook nor rule. */
const NFT_FRAME = /^(?:$|\}|#|table |chain )/;
const NFT_TARGET =
  /(?:^|\s)(?:(?:jump|goto) ([A-Za-z0-9_.:-]{1,32})|(accept|drop|reject|return|masquerade|snat|dnat|queue))(?:\s|$)/;

/** Where there is nothing, everything is accepted. */
export const NO_RULES: IptablesWorld = Object.freeze({
  policy: 'ACCEPT',
  ruleCount: 0,
  targets: Object.freeze([]),
});

/**
 * Parses `iptables-legacy-save`, of which only FORWARD of the table filter and POSTROUTING of nat count.
 *
 * @throws LinuxParseError when there are too many rules
 */
export function parseLegacyRules(text: string): IptablesWorld {
  const filter = tableLines(text, 'filter');
  const nat = tableLines(text, 'nat');
  const policies = filter.flatMap((line) => POLICY.exec(line)?.[1] ?? []);
  const rules = [
    ...filter.filter((line) => line.startsWith('-A FORWARD ')),
    ...nat.filter((line) => line.startsWith('-A POSTROUTING ')),
  ];
  const targets = rules.map((line) => TARGET.exec(line.replace(QUOTED, '""'))?.[1]);
  return worldOf('iptables-legacy-save', policies[0], targets);
}

function tableLines(text: string, table: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const start = lines.indexOf(`*${table}`);
  const end = lines.indexOf('COMMIT', start);
  return start < 0 ? [] : lines.slice(start, end < 0 ? undefined : end);
}

/**
 * Parses `nft list chain` of FORWARD and of POSTROUTING, one after the other. Text of a rule within quotes is anybody's.
 *
 * @throws LinuxParseError when there are too many rules
 */
export function parseNftChains(text: string): IptablesWorld {
  const lines = text
    .split('\n')
    .map((line) => line.trim().replace(QUOTED, '""'))
    .filter((line) => !NFT_FRAME.test(line));
  const policies = lines.flatMap((line) => NFT_FORWARD.exec(line)?.[1]?.toUpperCase() ?? []);
  const targets = lines.filter((line) => !NFT_HOOK.test(line)).map(nftTarget);
  return worldOf('nft list chain', policies[0], targets);
}

function nftTarget(rule: string): string | undefined {
  const [, chain, verdict] = NFT_TARGET.exec(rule) ?? [];
  return chain ?? verdict?.toUpperCase();
}

function worldOf(
  command: string,
  policy: string | undefined,
  targets: readonly (string | undefined)[],
): IptablesWorld {
  if (targets.length > MAX_RULES) throw new LinuxParseError(command, 'has too many rules');
  const named = new Set(targets.flatMap((target) => target ?? []));
  return Object.freeze({
    policy: policy ?? NO_RULES.policy,
    ruleCount: targets.length,
    targets: Object.freeze([...named].sort()),
  });
}
