// SPDX-License-Identifier: Apache-2.0

interface Timer {
  dueAt: number;
  /** Milliseconds between two calls; absent for a timer that fires once. */
  readonly everyMs?: number;
  readonly action: () => void;
}

/** The cluster's wall clock: the machine's (or a given one), plus what was skipped with `advance`. */
export class SimulatedClock {
  readonly #base: () => Date;
  #offsetMs = 0;
  readonly #timers = new Set<Timer>();
  #firing = false;

  constructor(base: () => Date = () => new Date()) {
    this.#base = base;
  }

  /** The time in the cluster. */
  now(): Date {
    return new Date(this.#base().getTime() + this.#offsetMs);
  }

  /** Calls once, when the time has come; the function returned cancels it. */
  after(delayMs: number, action: () => void): () => void {
    return this.#add({ dueAt: this.now().getTime() + delayMs, action });
  }

  /** Calls again and again; the function returned ends it. */
  every(everyMs: number, action: () => void): () => void {
    return this.#add({ dueAt: this.now().getTime() + everyMs, everyMs, action });
  }

  /** Lets time pass, firing timers in their order, each at its own instant. */
  advance(milliseconds: number): void {
    const end = this.now().getTime() + milliseconds;
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#offsetMs += Math.max(0, timer.dueAt - this.now().getTime());
      this.#fire(timer);
    }
    this.#offsetMs += Math.max(0, end - this.now().getTime());
  }

  /** Fires what is due by now; timers do not fire by themselves. */
  catchUp(): void {
    if (this.#firing) return;
    this.#firing = true;
    try {
      this.advance(0);
    } finally {
      this.#firing = false;
    }
  }

  #add(timer: Timer): () => void {
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  #next(end: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueAt <= end && (next === undefined || timer.dueAt < next.dueAt)) next = timer;
    }
    return next;
  }

  #fire(timer: Timer): void {
    if (timer.everyMs === undefined) this.#timers.delete(timer);
    else timer.dueAt += timer.everyMs;
    timer.action();
  }
}
