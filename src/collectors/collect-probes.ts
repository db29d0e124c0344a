// SPDX-License-Identifier: Apache-2.0

import { type Fact, observed } from '#model/fact.ts';
import type {
  DnsProbe,
  NodeProbes,
  PeerProbe,
  PingResult,
  ProbeMode,
  ProbePlan,
} from '#model/probe.ts';
import { FactAbsence, absenceOf } from '#collectors/fact-absence.ts';
import { parseNslookup } from '#sources/linux/parse-nslookup.ts';
import { parsePing } from '#sources/linux/parse-ping.ts';
import { newMarker } from '#sources/node-access/exec/section-script.ts';
import type { NodeAccess, Truncation } from '#sources/node-access/node-access.ts';
import {
  DNS_LETTER,
  PING_LETTERS,
  type ProbeBlock,
  probeBlocks,
  probeScript,
} from '#sources/node-access/probe-script.ts';
import { isSourceError } from '#sources/source-error.ts';

/** What to probe from a node. */
export interface ProbeTask {
  readonly mode: ProbeMode;
  readonly plan: ProbePlan;
}

const NOTHING: ProbePlan = { peers: [], dnsServers: [] };

/** The fact of a node that nothing is probed from. */
export function nothingProbed(mode: ProbeMode): Fact<NodeProbes> {
  return Object.freeze(
    observed(probesOf({ mode, plan: NOTHING }, new Map()), new Date().toISOString()),
  );
}

/**
 * Probes from one node, in one exec. What did not come back of some pings leaves them out; nothing at all makes the
 * fact absent with its reason.
 *
 * @throws SourceError on cancellation
 */
export async function collectProbes(
  way: NodeAccess,
  node: string,
  task: ProbeTask,
  signal: AbortSignal,
): Promise<Fact<NodeProbes>> {
  if (task.plan.peers.length + task.plan.dnsServers.length === 0) return nothingProbed(task.mode);
  try {
    const { peers: targets, dnsServers } = task.plan;
    const marker = newMarker();
    const script = probeScript(marker, { targets, dnsServers });
    const { origin, result } = await way.runOn(node, script, signal);
    const blocks = probeBlocks(result.stdout.toString('utf8'), marker);
    assertRan(blocks, result.end.kind === 'truncated' ? result.end.reason : undefined);
    return Object.freeze(observed(probesOf(task, blocks), new Date().toISOString(), origin));
  } catch (error) {
    if (isSourceError(error, 'cancelled')) throw error;
    return Object.freeze(absenceOf(error));
  }
}

const NOT_PERMITTED = /permission denied|Operation not permitted|Lacking privilege/i;
const OTHER_PING =
  /Usage:|unrecognized option|invalid option|invalid (?:number|argument)|bad linger/i;

/** @throws FactAbsence when no ping of the node can tell anything */
function assertRan(
  blocks: ReadonlyMap<string, ProbeBlock>,
  truncation: Truncation | undefined,
): void {
  const pings = [...blocks]
    .filter(([name]) => !name.startsWith(DNS_LETTER))
    .map(([, block]) => block);
  if (blocks.size === 0) {
    if (truncation === 'timed-out') {
      throw new FactAbsence('timed-out', 'The probes did not end within the time limit.');
    }
    throw new FactAbsence('failed', 'The output of the probes was cut off.');
  }
  if (pings.length === 0) return;
  const all = (holds: (block: ProbeBlock) => boolean): boolean => pings.every(holds);
  if (all(({ exitCode }) => exitCode === 127 || exitCode === 126)) {
    throw new FactAbsence('unsupported', 'The container has no `ping`.');
  }
  if (all(({ text }) => NOT_PERMITTED.test(text))) {
    throw new FactAbsence('forbidden', 'The container may not send pings (NET_RAW).');
  }
  if (all(({ text }) => OTHER_PING.test(text))) {
    const detail = "The container's `ping` does not know the options -q, -i and -W.";
    throw new FactAbsence('unsupported', detail);
  }
}

function probesOf({ mode, plan }: ProbeTask, blocks: ReadonlyMap<string, ProbeBlock>): NodeProbes {
  return Object.freeze({
    mode,
    peers: Object.freeze(
      plan.peers.map((target, index): PeerProbe => {
        const pings = Object.entries(PING_LETTERS).flatMap(([field, letter]) => {
          const result = pingResult(blocks.get(`${letter}${String(index)}`));
          return result === undefined ? [] : [[field, result] as const];
        });
        return Object.freeze({ ...target, ...Object.fromEntries(pings) });
      }),
    ),
    dns: Object.freeze(
      plan.dnsServers.map((server, index): DnsProbe => {
        const block = blocks.get(`${DNS_LETTER}${String(index)}`);
        const outcome = block && parseNslookup(block.text, block.exitCode);
        return Object.freeze(outcome === undefined ? { server } : { server, outcome });
      }),
    ),
  });
}

/** A ping without a summary says nothing: it is left out. */
function pingResult(block: ProbeBlock | undefined): PingResult | undefined {
  if (block === undefined) return undefined;
  try {
    return parsePing(block.text);
  } catch (error) {
    absenceOf(error);
    return undefined;
  }
}
