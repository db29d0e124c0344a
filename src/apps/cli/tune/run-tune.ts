// SPDX-License-Identifier: Apache-2.0

import { givenPlan } from '#engine/mend/given-plan.ts';
import { restartNotes } from '#engine/mend/restart-notes.ts';
import {
  plannedStep,
  requestAboveLimit,
  resourcesStages,
  wantedResources,
  type WantedResources,
} from '#engine/mend/resources-plan.ts';
import type { ContainerResources, FlannelDaemonSet } from '#model/cluster.ts';
import type { Snapshot } from '#model/snapshot.ts';
import type { RecommendReport } from '#resources/recommend/recommend-report.ts';

import { durationText } from '../flag-values.ts';
import { flagWords, type GivenFlags } from '../flag-words.ts';
import type { MendFlags } from '../fix/fix-flags.ts';
import { runMending } from '../fix/mend-run.ts';
import type { Io } from '../io.ts';
import { readRecommendation } from '../recommend/read-recommendation.ts';
import { UsageError } from '../usage-error.ts';
import { recommendedValues } from './recommended-values.ts';

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
  assertAsked(flags);
  const report =
    flags.profile === 'recommended' ? await readRecommendation('flannel', flags, io) : undefined;
  const tuningOf = (snapshot: Snapshot): Tuning => tuning(snapshot, flags, report);
  return runMending(flags, io, {
    command: ['tune', 'flannel', ...flagWords(given(flags))],
    planOptions: { remedies: [], maxRisk: 'cluster' },
    plan: (snapshot) => {
      const { flannel, after, evidence } = tuningOf(snapshot);
      const options = { podMs: flags.podWait, evidence };
      const stages = resourcesStages(snapshot, flannel, after, options);
      return {
        ...givenPlan(snapshot, stages),
        notes: restartNotes(
          snapshot,
          stages.flatMap(({ steps }) => steps),
        ),
      };
    },
    rollout: (snapshot) => {
      const { flannel, after } = tuningOf(snapshot);
      return plannedStep(snapshot, flannel, after, { podMs: flags.podWait });
    },
    isAskedFor: true,
  });
}

const VALUES = ['memoryRequest', 'memoryLimit', 'cpuRequest', 'cpuLimit'] as const;

function assertAsked(flags: TuneFlags): void {
  const isValued = VALUES.some((name) => flags[name] !== undefined);
  if (flags.profile !== undefined && flags.profile !== 'recommended' && isValued) {
    throw new UsageError(
      'This profile is a whole set of values: it does not go with single ones.',
      'Give --profile, or the values. Only recommended takes values that replace its own.',
    );
  }
  if (flags.profile === undefined && !isValued) {
    throw new UsageError(
      'Nothing is named that is to be set.',
      'Give --profile runbook, upstream or recommended, or values such as --memory-limit 256Mi.',
    );
  }
}

/** The flags that say what to set, as they were given. */
function given({ profile, podWait, ...values }: TuneFlags): GivenFlags {
  const { memoryRequest, memoryLimit, cpuRequest, cpuLimit } = values;
  const wait = podWait === undefined ? undefined : durationText(podWait);
  return { profile, memoryRequest, memoryLimit, cpuRequest, cpuLimit, podWait: wait };
}

/** What is to be set where, and what it rests on. */
interface Tuning {
  readonly flannel: ReadFlannel;
  readonly after: ContainerResources;
  readonly evidence: readonly string[];
}

function tuning(snapshot: Snapshot, flags: TuneFlags, report: RecommendReport | undefined): Tuning {
  const flannel = readFlannel(snapshot);
  const { profile } = flags;
  const { values = {}, evidence = [] } =
    report === undefined ? {} : recommendedValues(report, flannel);
  const given = Object.fromEntries(
    VALUES.flatMap((name) => {
      const value = flags[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  const after = wantedResources(flannel.resources, {
    ...(profile !== undefined && { profile }),
    ...values,
    ...given,
  });
  const above = requestAboveLimit(after);
  if (above !== undefined) {
    throw new UsageError(
      `The request of ${above.name} would be ${above.request}, above its limit of ${above.limit}.`,
      `Give both: --${above.name}-request and --${above.name}-limit.`,
    );
  }
  return { flannel, after, evidence };
}

type ReadFlannel = FlannelDaemonSet & Required<Pick<FlannelDaemonSet, 'resources'>>;

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
