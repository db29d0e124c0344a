// SPDX-License-Identifier: Apache-2.0

import type { FilterRules, PacketRule } from '#model/kernel.ts';
import { type Cidr, cidrIncludes, cidrsOverlap, parseCidr } from '#model/net/cidr.ts';

/** What FORWARD does to the packets between pods of different nodes. */
export type ForwardFate =
  | { readonly fate: 'accepted' }
  /** By the rule at `index` of the `filterRules` fact's rules; by the chain's policy when absent. */
  | { readonly fate: 'dropped'; readonly index?: number }
  /** They would be dropped, unless the rule at `index` accepts them first, which its own text does not tell. */
  | { readonly fate: 'unclear'; readonly index: number }
  /** FORWARD accepts them, and tables of nftables see them too, whose rules were not read. */
  | { readonly fate: 'unseen'; readonly tables: readonly string[] };

/** Chains of kube-proxy that accept nothing but answers and what it has marked for a Service. */
const SERVICE_CHAIN =
  /^KUBE-(?:FORWARD|SERVICES|EXTERNAL-SERVICES|PROXY-FIREWALL|NODEPORTS|FIREWALL)$/;
/** Conditions that no first packet of a connection between pods meets. */
const ANSWERS_ONLY =
  /^-m (?:conntrack --ctstate|state --state) (?:RELATED|ESTABLISHED|INVALID|,)+$/;

type Match = 'always' | 'maybe' | 'never';
type Step = 'accepts' | 'drops' | 'returns' | 'may accept' | 'may return' | 'goes on';

const VERDICTS: ReadonlyMap<string, Step> = new Map([
  ['ACCEPT', 'accepts'],
  ['DROP', 'drops'],
  ['REJECT', 'drops'],
  ['RETURN', 'returns'],
]);

/** What a rule may do that only might match. One that might drop is passed over: it drops no packet for certain. */
const POSSIBLE: ReadonlyMap<Step, Step> = new Map([
  ['accepts', 'may accept'],
  ['returns', 'may return'],
]);

/**
 * Follows the first packet of a connection between two pods of the network through FORWARD. Only a rule that has to
 * match it counts as dropping it; one that might match and might accept it makes the rest unclear.
 */
export function forwardFate(filter: FilterRules, network: Cidr): ForwardFate {
  const fate = fateInForward(filter, network);
  const { otherTables: tables = [] } = filter;
  // What one table accepts, another may still drop (man 8 nft: a packet passes the chains of all tables).
  return fate.fate === 'accepted' && tables.length > 0 ? { fate: 'unseen', tables } : fate;
}

function fateInForward({ policy, rules }: FilterRules, network: Cidr): ForwardFate {
  let doubt: number | undefined;
  for (const [index, rule] of rules.entries()) {
    if (rule.chain !== 'FORWARD') continue;
    const step = stepOf(rule, rules, network);
    if (step === 'accepts') return { fate: 'accepted' };
    if (step === 'returns') break;
    if (step === 'drops') {
      return doubt === undefined ? { fate: 'dropped', index } : { fate: 'unclear', index: doubt };
    }
    if (mayAccept(step, policy)) doubt ??= index;
  }
  if (policy !== 'DROP') return { fate: 'accepted' };
  return doubt === undefined ? { fate: 'dropped' } : { fate: 'unclear', index: doubt };
}

/** What FORWARD hands back meets its policy. */
function mayAccept(step: Step, policy: FilterRules['policy']): boolean {
  return step === 'may accept' || (step === 'may return' && policy !== 'DROP');
}

function stepOf(rule: PacketRule, rules: readonly PacketRule[], network: Cidr): Step {
  const { target } = rule;
  const match = matchOf(rule, network);
  if (match === 'never' || target === undefined || SERVICE_CHAIN.test(target)) return 'goes on';
  const verdict = VERDICTS.get(target);
  if (verdict === undefined) return stepInto(target, match, rules, network);
  if (match === 'always') return verdict;
  return POSSIBLE.get(verdict) ?? 'goes on';
}

/** The rules of other chains are not read; flannel's own are, and may be none. */
function stepInto(target: string, match: Match, rules: readonly PacketRule[], network: Cidr): Step {
  const inner = rules.filter(({ chain }) => chain === target);
  if (inner.length === 0) return target.startsWith('FLANNEL-') ? 'goes on' : 'may accept';
  const steps = inner.map((each) => stepOf(each, [], network));
  const decided = steps.find((step) => step !== 'goes on') ?? 'goes on';
  const isLeft = decided === 'returns' || decided === 'may return';
  return match === 'always' && !isLeft ? decided : 'may accept';
}

function matchOf({ source, destination, conditions }: PacketRule, network: Cidr): Match {
  if (ANSWERS_ONLY.test(conditions)) return 'never';
  const ranges = [source, destination].map((range) => rangeMatch(range, network));
  if (ranges.includes('never')) return 'never';
  return conditions === '' && ranges.every((match) => match === 'always') ? 'always' : 'maybe';
}

function rangeMatch(range: string | undefined, network: Cidr): Match {
  if (range === undefined) return 'always';
  const cidr = parseCidr(range.replace(/^! /, ''));
  if (cidr === undefined) return 'maybe';
  const negated = range.startsWith('! ');
  if (!cidrsOverlap(cidr, network)) return negated ? 'always' : 'never';
  if (!cidrIncludes(cidr, network)) return 'maybe';
  return negated ? 'never' : 'always';
}

/** A rule as `iptables-save` prints it. */
export function packetRuleText({ chain, source, destination, ...rest }: PacketRule): string {
  const range = (flag: string, text: string | undefined): string => {
    if (text === undefined) return '';
    return text.startsWith('! ') ? ` ! ${flag} ${text.slice(2)}` : ` ${flag} ${text}`;
  };
  const conditions = rest.conditions === '' ? '' : ` ${rest.conditions}`;
  const target = rest.target === undefined ? '' : ` -j ${rest.target}`;
  return `-A ${chain}${range('-s', source)}${range('-d', destination)}${conditions}${target}`;
}
