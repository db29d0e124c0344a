// SPDX-License-Identifier: Apache-2.0

import { hostname, userInfo } from 'node:os';
import { type Rollout, type RolloutGoal, waitForRollout } from '#actuators/daemon-set-rollout.ts';
import type { Look } from '#actuators/define-actuator.ts';
import { type LockTaken, type MendingLock, takeLock } from '#actuators/mending-lock.ts';
import {
  type AuditLog,
  auditFile,
  AuditLog as Log,
  newRunId,
  readAudit,
} from '#audit/audit-log.ts';
import type { AuditCluster, AuditEntry } from '#audit/audit-record.ts';
import { ClusterReader } from '#collectors/cluster-reader.ts';
import { type CollectOptions, collectSnapshot } from '#collectors/collect-snapshot.ts';
import { identityCollector } from '#collectors/identity/collector.ts';
import { chooseProbes } from '#engine/choose-probes.ts';
import { actuatorOf, refusalOf } from '#engine/mend/actuator-of.ts';
import { probingAmong } from '#engine/mend/pair-probes.ts';
import { missingRights } from '#engine/mend/rights.ts';
import type { RunIdentity, StepContext } from '#engine/mend/run-step.ts';
import { actuatorWorld } from '#engine/mend/world.ts';
import type { Step } from '#model/plan.ts';
import type { Snapshot } from '#model/snapshot.ts';
import type { ConnectOptions } from '#sources/kubernetes/connect-options.ts';
import { connect, type KubernetesConnection } from '#sources/kubernetes/connection.ts';
import { SourceError } from '#sources/source-error.ts';

/** Limits of one run that changes something. */
export interface SessionLimits {
  /** How long to wait for another Selvage that is mending, milliseconds. */
  readonly lockWaitMs: number;
  /** Time without a sign of life after which the lock is free for others, seconds. */
  readonly lockTtlSeconds: number;
  /** How long to wait for the API to come back in the middle of a step, milliseconds. */
  readonly recoverMs: number;
}

/** What holds unless somebody says otherwise: an API server that restarts is back within a minute. */
export const DEFAULT_LIMITS: SessionLimits = {
  lockWaitMs: 60_000,
  lockTtlSeconds: 15,
  recoverMs: 60_000,
};

/** What one step would meet now. */
export interface Rehearsal {
  readonly step: Step;
  readonly look: Look;
}

type Facts = Pick<Snapshot, 'cluster' | 'nodes'>;

/** Who and where a run is. */
interface SessionIdentity {
  readonly user: string;
  readonly cluster: AuditCluster;
  /** Namespace of Flannel's pods. */
  readonly namespace: string;
}

/** A run that may change a cluster: one connection, one run id, one audit. Closes with {@link MendSession.close}. */
export class MendSession {
  readonly run: string = newRunId(new Date());
  readonly #connection: KubernetesConnection;
  readonly #options: ConnectOptions;
  readonly #limits: SessionLimits;
  readonly #interrupt: AbortSignal;
  /** Requests of a change that has begun are not cut short. */
  readonly #signal: AbortSignal = new AbortController().signal;
  #identity: SessionIdentity | undefined;
  #audit: AuditLog | undefined;
  #count = 0;

  private constructor(
    connection: KubernetesConnection,
    options: ConnectOptions,
    limits: SessionLimits,
    interrupt: AbortSignal,
  ) {
    this.#connection = connection;
    this.#options = options;
    this.#limits = limits;
    this.#interrupt = interrupt;
  }

  /** Prepares a connection; sends nothing. @throws SourceError */
  static async open(
    options: ConnectOptions,
    limits: SessionLimits,
    interrupt: AbortSignal,
  ): Promise<MendSession> {
    return new MendSession(await connect(options), options, limits, interrupt);
  }

  /** Reads the cluster and probes it as a check does. @throws SourceError */
  collect(options: Omit<CollectOptions, 'signal' | 'probing'>): Promise<Snapshot> {
    const probing = {
      mode: 'light',
      choose: (facts: Facts) => chooseProbes(facts, 'light'),
    } as const;
    return collectSnapshot(this.#connection, { ...options, probing, signal: this.#interrupt });
  }

  /** Reads again, while changing: some nodes with packets between them alone, or all. @throws SourceError */
  collectAgain(options: Omit<CollectOptions, 'signal' | 'probing'>): Promise<Snapshot> {
    const { nodes } = options;
    const probing =
      nodes === undefined
        ? ({ mode: 'light', choose: (facts: Facts) => chooseProbes(facts, 'light') } as const)
        : probingAmong(nodes);
    return collectSnapshot(this.#connection, { ...options, probing, signal: this.#signal });
  }

  /** Who we are, which cluster it is, where Flannel runs. Asked once. @throws SourceError */
  async identity(): Promise<SessionIdentity> {
    if (this.#identity !== undefined) return this.#identity;
    const reader = new ClusterReader(this.#connection, this.#interrupt);
    const [{ value: cluster }, flannel, user] = await Promise.all([
      identityCollector.collect(reader),
      reader.flannel(),
      this.#connection.whoAmI(this.#interrupt).catch(() => undefined),
    ]);
    if (flannel === undefined) {
      throw new SourceError('no-flannel-pod', {
        operation: 'find flannel',
        target: cluster.server,
      });
    }
    const { uid, context, server } = cluster;
    this.#identity = {
      user: user ?? 'not told by the server',
      cluster: { ...(uid !== undefined && { uid }), context, server },
      namespace: flannel.workload.namespace,
    };
    return this.#identity;
  }

  /** The rights that steps need and we do not have. @throws SourceError */
  async missingRights(steps: readonly Step[]): Promise<readonly string[]> {
    const { namespace } = await this.identity();
    return missingRights(this.#connection, steps, namespace, this.#interrupt);
  }

  /** What each step would meet now; changes nothing. @throws SourceError */
  async rehearse(steps: readonly Step[]): Promise<readonly Rehearsal[]> {
    const world = actuatorWorld(this.#connection, this.#interrupt);
    const looks: Rehearsal[] = [];
    for (const step of steps) {
      const actuator = actuatorOf(step);
      const reason = refusalOf(step);
      const look =
        actuator === undefined || reason !== undefined
          ? { state: 'moved' as const, now: [], reason: reason ?? 'Its kind is not known.' }
          : await actuator.dryRun(world, step);
      looks.push({ step, look });
    }
    return looks;
  }

  /** Waits until every pod of a DaemonSet carries what its template has. @throws SourceError */
  awaitRollout(goal: RolloutGoal): Promise<Rollout> {
    return waitForRollout(actuatorWorld(this.#connection, this.#interrupt), goal);
  }

  /** Takes the lock of this cluster. @param waitMs for another holder @throws SourceError */
  async lock(
    onWait: (holder: string) => void,
    waitMs: number = this.#limits.lockWaitMs,
  ): Promise<MendingLock | LockTaken> {
    const { namespace, user } = await this.identity();
    return takeLock(this.#connection, {
      namespace,
      holder: `${user} on ${hostname()}, run ${this.run}`,
      ttlSeconds: this.#limits.lockTtlSeconds,
      waitMs,
      signal: this.#signal,
      interrupt: this.#interrupt,
      onWait,
    });
  }

  /** What steps are carried out with; opens the audit. @throws SourceError, Error of the file system */
  async stepContext(): Promise<StepContext> {
    const { cluster, namespace, user } = await this.identity();
    this.#audit ??= await Log.open(auditFile(this.#options.env ?? {}, cluster));
    const identity: RunIdentity = {
      run: this.run,
      who: { user, from: whereFrom() },
      cluster,
      namespace,
      nextId: () => `${this.run}.${String((this.#count += 1))}`,
    };
    const world = actuatorWorld(this.#connection, this.#signal);
    return { world, audit: this.#audit, identity, recoverMs: this.#limits.recoverMs };
  }

  /** All changes that this user's audit holds of the cluster. @throws SourceError, Error of the file system */
  async history(): Promise<readonly AuditEntry[]> {
    const { cluster } = await this.identity();
    return (await readAudit(auditFile(this.#options.env ?? {}, cluster))).entries;
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    await this.#audit?.close();
    this.#connection.close();
  }
}

function whereFrom(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    // A container's user need not have a name.
    return hostname();
  }
}
