// SPDX-License-Identifier: Apache-2.0

import type { ContainerResources } from '#model/cluster.ts';
import type { Stage } from '#model/plan.ts';
import { isSameQuantity, parseQuantity } from '#model/quantity.ts';
import type { Snapshot } from '#model/snapshot.ts';
import {
  DEFAULT_POD_SECONDS,
  type ReadFlannel,
  resourcesStep,
  RUNBOOK,
} from '#remedies/set-flannel-resources/flannel-resources.ts';
import { remedy } from '#remedies/set-flannel-resources/remedy.ts';

import { type GivenPlanFlags, runGivenChange } from '../given-plan.ts';
import type { Io } from '../io.ts';
import { UsageError } from '../usage-error.ts';

/** What `selvage tune flannel` was asked for. Absent values stay as they are in the cluster. */
export interface TuneFlags extends GivenPlanFlags {
  readonly profile?: 'runbook' | 'upstream' | 'recommended';
  /** Quantities by Kubernetes' grammar. */
  readonly memoryRequest?: string;
  readonly memoryLimit?: string;
  readonly cpuRequest?: string;
  readonly cpuLimit?: string;
  /** Milliseconds. */
  readonly podWait?: number;
}

/**
 * `selvage tune flannel`: sets requests and limits of the flannel container, waits until every pod carries them, and
 * takes it back when a node does not come back.
 *
 * @throws UsageError for values that contradict each other; SourceError when the cluster cannot be read
 */
export async function runTune(flags: TuneFlags, io: Io): Promise<number> {
  assertAsked(flags, io);
  const command = `tune flannel ${givenText(flags)}`;
  const stages = (snapshot: Snapshot): readonly Stage[] => stagesOf(snapshot, flags);
  return runGivenChange({ command, stages }, flags, io);
}

const VALUES = ['memoryRequest', 'memoryLimit', 'cpuRequest', 'cpuLimit'] as const;

function assertAsked(flags: TuneFlags, { program }: Io): void {
  const given = VALUES.some((name) => flags[name] !== undefined);
  if (flags.profile === 'recommended') {
    throw new UsageError(
      'The profile recommended needs the memory and CPU that flannel was measured to use, and Selvage does not measure them yet.',
      `Take the profile runbook or upstream, or name values: ${program} tune flannel --memory-limit 256Mi.`,
    );
  }
  if (flags.profile !== undefined && given) {
    throw new UsageError(
      'A profile is a whole set of values: it does not go with single ones.',
      'Give --profile, or the values.',
    );
  }
  if (flags.profile === undefined && !given) {
    throw new UsageError(
      'Nothing is named that is to be set.',
      'Give --profile runbook or upstream, or values such as --memory-limit 256Mi.',
    );
  }
}

/** The flags that say what to set, as they were given. */
function givenText(flags: TuneFlags): string {
  const words = [
    ['--profile', flags.profile],
    ['--memory-request', flags.memoryRequest],
    ['--memory-limit', flags.memoryLimit],
    ['--cpu-request', flags.cpuRequest],
    ['--cpu-limit', flags.cpuLimit],
  ].flatMap(([flag, value]) => (value === undefined ? [] : [`${flag ?? ''} ${value}`]));
  return words.join(' ');
}

function stagesOf(snapshot: Snapshot, flags: TuneFlags): readonly Stage[] {
  const { nodes } = snapshot.cluster;
  const flannel = readFlannel(snapshot);
  const after = wanted(flannel.resources, flags);
  assertBelowLimits(after);
  if (lines(after) === lines(flannel.resources)) return [];
  const podSeconds = flags.podWait === undefined ? DEFAULT_POD_SECONDS : flags.podWait / 1000;
  const known = nodes.state === 'observed' ? nodes.value : [];
  const { id, risk, disturbance } = remedy;
  return [
    {
      remedy: id,
      title: 'Set requests and limits of the flannel container',
      risk,
      disturbance,
      treats: [],
      steps: [resourcesStep(flannel, known, after, podSeconds)],
      whyNotSmaller: [],
      settlesWithinMs: 0,
      haltsOnFailure: true,
      peers: [],
    },
  ];
}

function readFlannel({ cluster: { flannel } }: Snapshot): ReadFlannel {
  if (flannel.state === 'absent') {
    throw new UsageError(
      `Where Flannel runs is not known. ${flannel.detail}`,
      'Look with: selvage access',
    );
  }
  if (flannel.value.kind === 'embedded') {
    throw new UsageError(
      'Flannel runs inside another program here, not in pods: it has no requests and limits of its own.',
      'Set the resources of that program, for k3s those of its service.',
    );
  }
  const { resources } = flannel.value;
  if (resources !== undefined) return { ...flannel.value, resources };
  throw new UsageError(
    'The DaemonSet of Flannel may not be read, so its requests and limits are not known.',
    'See which rights are missing: selvage access',
  );
}

function wanted(now: ContainerResources, flags: TuneFlags): ContainerResources {
  if (flags.profile === 'runbook') {
    return {
      requests: { ...now.requests, ...RUNBOOK.requests },
      limits: { ...now.limits, ...RUNBOOK.limits },
    };
  }
  if (flags.profile === 'upstream') return { requests: now.requests, limits: {} };
  const { cpuRequest, memoryRequest, cpuLimit, memoryLimit } = flags;
  return {
    requests: withValues(now.requests, cpuRequest, memoryRequest),
    limits: withValues(now.limits, cpuLimit, memoryLimit),
  };
}

function withValues(
  now: Readonly<Record<string, string>>,
  cpu: string | undefined,
  memory: string | undefined,
): Readonly<Record<string, string>> {
  return { ...now, ...(cpu !== undefined && { cpu }), ...(memory !== undefined && { memory }) };
}

function assertBelowLimits({ requests, limits }: ContainerResources): void {
  for (const [name, request] of Object.entries(requests)) {
    const limit = limits[name];
    if (limit === undefined || isSameQuantity(request, limit)) continue;
    if ((parseQuantity(request) ?? 0n) < (parseQuantity(limit) ?? 0n)) continue;
    throw new UsageError(
      `The request of ${name} would be ${request}, above its limit of ${limit}.`,
      `Give both: --${name}-request and --${name}-limit.`,
    );
  }
}

/** In one spelling of the values, so that 0.5 and 500m count as the same. */
function lines({ requests, limits }: ContainerResources): string {
  const part = (values: Readonly<Record<string, string>>): readonly string[] =>
    Object.entries(values)
      .map(([key, value]) => `${key}=${String(parseQuantity(value) ?? value)}`)
      .sort();
  return JSON.stringify([part(requests), part(limits)]);
}
