/** Time that passes only when a test says so. */
export class VirtualClock {
  #now = Date.UTC(2026, 0, 1);
  #timers = new Map();
  #last = 0;

  now() {
    return this.#now;
  }

  setTimeout(call, milliseconds) {
    this.#last += 1;
    this.#timers.set(this.#last, { call, at: this.#now + Math.max(0, milliseconds) });
    return this.#last;
  }

  clearTimeout(timer) {
    this.#timers.delete(timer);
  }

  /** How many timers are set. */
  get timers() {
    return this.#timers.size;
  }

  /** Let so much time pass, and everything happen that happens in it. */
  async pass(milliseconds) {
    const until = this.#now + milliseconds;
    await settled();
    for (;;) {
      const [timer, next] = this.#next(until);
      if (!next) break;
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, next.at);
      next.call();
      await settled();
    }
    this.#now = until;
  }

  /** Let so much time pass without anything happening in it, as in a machine that sleeps. */
  async sleep(milliseconds) {
    await settled();
    this.#now += milliseconds;
  }

  #next(until) {
    const due = [...this.#timers].filter(([, { at }]) => at <= until);
    return due.sort(([one, a], [other, b]) => a.at - b.at || one - other)[0] ?? [0, null];
  }
}

/** Everything that waits for nothing but promises has happened. */
export const settled = () => new Promise((resolve) => setImmediate(resolve));
