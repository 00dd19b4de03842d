/**
 * Pauses that end by themselves, or sooner when somebody calls.
 *
 * @import { Clock } from '../types.d.ts'
 */

export class Pausing {
  #clock;
  /** @type {Set<() => void>} */
  #sleepers = new Set();

  /** @param {Clock} clock */
  constructor(clock) {
    this.#clock = clock;
  }

  /** @param {number} milliseconds @returns {Promise<void>} */
  sleep(milliseconds) {
    if (milliseconds <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        this.#clock.clearTimeout(timer);
        this.#sleepers.delete(end);
        resolve();
      };
      const timer = this.#clock.setTimeout(end, milliseconds);
      this.#sleepers.add(end);
    });
  }

  /** End all pauses now. */
  wake() {
    for (const end of this.#sleepers) end();
  }
}
