// SPDX-License-Identifier: Apache-2.0

import { givenPlan } from '#engine/mend/given-plan.ts';
import {
  requestAboveLimit,
  resourcesStages,
  wantedResources,
  type WantedResources,
} from '#engine/mend/resources-plan.ts';
import type { FlannelDaemonSet } from '#model/cluster.ts';
import type { Stage } from '#model/plan.ts';
import type { Snapshot } from '#model/snapshot.ts';

import { durationText } from '../flag-values.ts';
import { flagWords, type GivenFlags } from '../flag-words.ts';
import type { MendFlags } from '../fix/fix-flags.ts';
import { runMending } from '../fix/mend-run.ts';
import type { Io } from '../io.ts';
import { UsageError } from '../usage-error.ts';

/** What `selvage tune flannel` was asked for. Absent values stay as they are in the cluster. */
export interface TuneFlags extends MendFlags, Omit<WantedResources, 'profile'> {
  readonly profile?: 'runbook' | 'upstream' | 'recommended';
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
  return runMending(flags, io, {
    command: ['tune', 'flannel', ...flagWords(given(flags))],
    planOptions: { remedies: [], maxRisk: 'cluster' },
    plan: (snapshot) => givenPlan(snapshot, stagesOf(snapshot, flags)),
    isAskedFor: true,
  });
}

const VALUES = ['memoryRequest', 'memoryLimit', 'cpuRequest', 'cpuLimit'] as const;

function assertAsked(flags: TuneFlags, { program }: Io): void {
  const isValued = VALUES.some((name) => flags[name] !== undefined);
  if (flags.profile === 'recommended') {
    throw new UsageError(
      'The profile recommended needs the memory and CPU that flannel was measured to use, and Selvage does not measure them yet.',
      `Take the profile runbook or upstream, or name values: ${program} tune flannel --memory-limit 256Mi.`,
    );
  }
  if (flags.profile !== undefined && isValued) {
    throw new UsageError(
      'A profile is a whole set of values: it does not go with single ones.',
      'Give --profile, or the values.',
    );
  }
  if (flags.profile === undefined && !isValued) {
    throw new UsageError(
      'Nothing is named that is to be set.',
      'Give --profile runbook or upstream, or values such as --memory-limit 256Mi.',
    );
  }
}

/** The flags that say what to set, as they were given. */
function given({ profile, podWait, ...values }: TuneFlags): GivenFlags {
  const { memoryRequest, memoryLimit, cpuRequest, cpuLimit } = values;
  const wait = podWait === undefined ? undefined : durationText(podWait);
  return { profile, memoryRequest, memoryLimit, cpuRequest, cpuLimit, podWait: wait };
}

function stagesOf(snapshot: Snapshot, flags: TuneFlags): readonly Stage[] {
  const flannel = readFlannel(snapshot);
  const { profile, ...values } = flags;
  const wanted = profile === 'runbook' || profile === 'upstream' ? { profile } : values;
  const after = wantedResources(flannel.resources, wanted);
  const above = requestAboveLimit(after);
  if (above !== undefined) {
    throw new UsageError(
      `The request of ${above.name} would be ${above.request}, above its limit of ${above.limit}.`,
      `Give both: --${above.name}-request and --${above.name}-limit.`,
    );
  }
  return resourcesStages(snapshot, flannel, after, flags.podWait);
}

function readFlannel({
  cluster: { flannel },
}: Snapshot): FlannelDaemonSet & Required<Pick<FlannelDaemonSet, 'resources'>> {
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
