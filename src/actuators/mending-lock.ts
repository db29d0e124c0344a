// SPDX-License-Identifier: Apache-2.0

import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import { type ApiRight, apiRight, inNamespace } from '#actuators/define-actuator.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import { createObject, replaceObject } from '#sources/kubernetes/write.ts';
import { type SourceErrorCode, isSourceError } from '#sources/source-error.ts';

/** Name of the Lease object that keeps two Selvages from mending at once; it lies in Flannel's namespace. */
const LOCK_NAME = 'selvage-mend';

/** Rights that the lock needs. */
export const LOCK_RIGHTS: readonly ApiRight[] = [
  inNamespace('flannel', apiRight('coordination.k8s.io', 'leases', 'create')),
  {
    ...inNamespace('flannel', apiRight('coordination.k8s.io', 'leases', 'get', 'update')),
    name: LOCK_NAME,
  },
];

/** How to take the lock. */
export interface LockOptions {
  readonly namespace: string;
  /** Who asks: shown to others. */
  readonly holder: string;
  /** Time without a sign of life after which others take the lock over, whole seconds. */
  readonly ttlSeconds: number;
  /** How long to wait for another holder, milliseconds. */
  readonly waitMs: number;
  /** For requests. */
  readonly signal: AbortSignal;
  /** Ends the waiting for another holder. */
  readonly interrupt: AbortSignal;
  /** Called once when somebody else holds it. */
  readonly onWait?: (holder: string) => void;
}

/** A lock that is held. */
export interface MendingLock {
  /** Whether another holder had to be waited for: the cluster may have changed. */
  readonly waited: boolean;
  /** Whether the lock is still ours for long enough to begin a step; renews it when that is not certain. */
  readonly confirm: () => Promise<boolean>;
  /** Gives it up; never throws. */
  readonly release: () => Promise<void>;
}

/** Somebody else holds the lock and did not let go in time. */
export interface LockTaken {
  readonly takenBy: string;
}

const leaseSchema = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  spec: z.catch(
    z.object({
      holderIdentity: z.catch(z.string(), ''),
      leaseDurationSeconds: z.catch(z.number(), 0),
      leaseTransitions: z.catch(z.number(), 0),
    }),
    () => ({ holderIdentity: '', leaseDurationSeconds: 0, leaseTransitions: 0 }),
  ),
});

type Lease = z.infer<typeof leaseSchema>;

const POLL_MS = 500;
/** How often somebody else may be faster at a lock that nobody holds: more is no race, and is not tried for ever. */
const MAX_LOST_RACES = 10;
/** A holder that nobody saw: its lock came and went between two looks. */
const SOMEBODY = 'somebody who was faster';
/** How long a lock whose renewals fail is tried to be kept: an API server that restarts is back by then. */
const CONFIRM_MS = 60_000;

/**
 * Takes the lock, waiting for another holder. Whether that one is dead is not told by comparing clocks, which may
 * differ: a lock is dead when its object did not change for its duration by our own clock (as in
 * kubernetes@v1.34.4:staging/src/k8s.io/client-go/tools/leaderelection/leaderelection.go). It is taken over by its
 * resourceVersion, so that of several who see it dead one gets it.
 *
 * @throws SourceError
 */
export async function takeLock(
  connection: KubernetesConnection,
  options: LockOptions,
): Promise<MendingLock | LockTaken> {
  const lock = new LeaseLock(connection, options);
  const until = performance.now() + options.waitMs;
  const life = new SignsOfLife();
  let waited = false;
  for (let lostRaces = 0; lostRaces < MAX_LOST_RACES;) {
    const lease = await lock.read();
    const holder = lease?.spec.holderIdentity;
    const isDead = lease !== undefined && life.isDead(lease);
    if (isDead || holder === undefined || holder === '') {
      if (await lock.claim(lease)) return lock.hold(waited || isDead);
      lostRaces += 1;
    } else {
      if (performance.now() >= until) return { takenBy: holder };
      if (!waited) options.onWait?.(holder);
      waited = true;
    }
    await sleep(POLL_MS, undefined, { signal: options.interrupt });
  }
  return { takenBy: SOMEBODY };
}

/** Since when a lock has not changed, by our own clock. */
class SignsOfLife {
  #version = '';
  #seenAt = 0;

  isDead({ metadata, spec }: Lease): boolean {
    const now = performance.now();
    if (this.#version !== metadata.resourceVersion) {
      this.#version = metadata.resourceVersion;
      this.#seenAt = now;
    }
    return now - this.#seenAt > spec.leaseDurationSeconds * 1000;
  }
}

class LeaseLock {
  readonly #connection: KubernetesConnection;
  readonly #options: LockOptions;
  readonly #path: string;
  #current: Lease | undefined;
  #renewedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #lost = false;

  constructor(connection: KubernetesConnection, options: LockOptions) {
    this.#connection = connection;
    this.#options = options;
    const namespace = encodeURIComponent(options.namespace);
    this.#path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
  }

  async read(): Promise<Lease | undefined> {
    try {
      return leaseSchema.parse(await this.#connection.get(this.#request('get', true)));
    } catch (error) {
      if (isSourceError(error, 'not-found')) return undefined;
      throw error;
    }
  }

  /**
   * Makes the lock, or takes one that nobody holds any more; false when somebody else was faster. Throws `not-found`
   * where there is no namespace to make it in.
   */
  async claim(lease: Lease | undefined): Promise<boolean> {
    if (lease !== undefined) {
      return this.#write(() =>
        replaceObject(this.#connection, this.#request('update', true), this.#body(lease, true)),
      );
    }
    const request = this.#request('create', false);
    return this.#write(
      () => createObject(this.#connection, request, this.#body(undefined)),
      ['conflict'],
    );
  }

  hold(waited: boolean): MendingLock {
    const renewMs = (this.#options.ttlSeconds * 1000) / 3;
    this.#timer = setInterval(() => void this.#renew(), renewMs);
    this.#timer.unref();
    return { waited, confirm: () => this.#confirm(), release: () => this.#release() };
  }

  /** Two thirds of the time leave a step the last third to end in. */
  #isHeld(): boolean {
    const silentMs = performance.now() - this.#renewedAt;
    return !this.#lost && silentMs < (this.#options.ttlSeconds * 1000 * 2) / 3;
  }

  #isInDoubt(): boolean {
    return !this.#lost && !this.#isHeld();
  }

  async #confirm(): Promise<boolean> {
    const until = performance.now() + CONFIRM_MS;
    while (this.#isInDoubt()) {
      await this.#renew();
      if (!this.#isInDoubt() || performance.now() >= until) break;
      await sleep(POLL_MS);
    }
    return this.#isHeld();
  }

  async #renew(): Promise<void> {
    const { holder } = this.#options;
    try {
      const kept = await this.#write(() =>
        replaceObject(
          this.#connection,
          this.#request('update', true),
          this.#body(this.#current, false),
        ),
      );
      if (kept) return;
      // A renewal whose answer was lost looks like somebody else's write.
      const lease = await this.read();
      if (lease?.spec.holderIdentity === holder) this.#current = lease;
      else this.#lost = true;
    } catch {
      // The next one may come through; without one the lock counts as lost in time.
    }
  }

  async #release(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#lost || this.#current === undefined) return;
    const body = this.#body(this.#current, false, '');
    await this.#write(() =>
      replaceObject(this.#connection, this.#request('update', true), body),
    ).catch(() => false);
  }

  /** @param lost codes of an answer that mean that somebody else was faster */
  async #write(
    write: () => Promise<unknown>,
    lost: readonly SourceErrorCode[] = ['conflict', 'not-found'],
  ): Promise<boolean> {
    const startedAt = performance.now();
    try {
      this.#current = leaseSchema.parse(await write());
      this.#renewedAt = startedAt;
      return true;
    } catch (error) {
      if (isSourceError(error, ...lost)) return false;
      throw error;
    }
  }

  #request(verb: string, named: boolean) {
    const path = named ? `${this.#path}/${LOCK_NAME}` : this.#path;
    return { path, operation: `${verb} leases`, signal: this.#options.signal };
  }

  #body(lease: Lease | undefined, isTransition = false, holder = this.#options.holder): object {
    const { namespace, ttlSeconds } = this.#options;
    const now = new Date().toISOString().replace(/Z$/, '000Z');
    const transitions = (lease?.spec.leaseTransitions ?? 0) + (isTransition ? 1 : 0);
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name: LOCK_NAME,
        namespace,
        ...(lease !== undefined && { resourceVersion: lease.metadata.resourceVersion }),
      },
      spec: {
        holderIdentity: holder,
        leaseDurationSeconds: ttlSeconds,
        acquireTime: now,
        renewTime: now,
        leaseTransitions: transitions,
      },
    };
  }
}
