/**
 * Taking back what this tab did, field by field: what others, or later edits, changed since stays.
 *
 * @import { Owned } from '../types.d.ts'
 */

import { computed, signal } from '@preact/signals-core';
import { merge } from './merging.js';
import { findRow } from './owned.js';

const STEPS = 100;
/** Edits that follow one another faster are one step: somebody is typing. */
const ONE_STEP_MILLISECONDS = 1000;

/** @typedef {{ before: Owned, after: Owned, at: number | null }} Step */

export class Undoing {
  #done = signal(/** @type {Step[]} */ ([]));
  #undone = signal(/** @type {Step[]} */ ([]));
  canUndo = computed(() => this.#done.value.length > 0);
  canRedo = computed(() => this.#undone.value.length > 0);

  /**
   * Remember a change.
   *
   * @param {Owned} before
   * @param {Owned} after
   * @param {number | null} at when it was typed; null for what is a step of its own
   */
  did(before, after, at = null) {
    const last = this.#done.peek().at(-1);
    const isMore = last?.after === before && last.at !== null && at !== null && at - last.at < ONE_STEP_MILLISECONDS;
    const steps = isMore ? this.#done.peek().slice(0, -1) : this.#done.peek();
    this.#done.value = [...steps, { before: isMore ? last.before : before, after, at }].slice(-STEPS);
    this.#undone.value = [];
  }

  /** @param {Owned} now @returns {Owned | null} without the last step; null if there is none */
  undone(now) {
    const step = this.#done.peek().at(-1);
    if (!step) return null;
    this.#done.value = this.#done.peek().slice(0, -1);
    this.#undone.value = [...this.#undone.peek(), step];
    return moved(step.after, step.before, now);
  }

  /** @param {Owned} now @returns {Owned | null} with the step that was taken back last; null if there is none */
  redone(now) {
    const step = this.#undone.peek().at(-1);
    if (!step) return null;
    this.#undone.value = this.#undone.peek().slice(0, -1);
    this.#done.value = [...this.#done.peek(), step];
    return moved(step.before, step.after, now);
  }
}

/**
 * @param {Owned} from
 * @param {Owned} to
 * @param {Owned} now
 */
function moved(from, to, now) {
  // A slot that is there on one side only was added; on the other side it counts as deleted.
  const added = from.rows.filter((row) => !findRow(to, row.id)).map((row) => ({ ...row, deleted: true }));
  const wanted = { ...to, rows: [...to.rows, ...added] };
  return merge(from, wanted, now, { prefer: 'theirs' }).owned;
}
