/**
 * A list of studios that is read part by part.
 *
 * @import { StudioSummary } from '../types.d.ts'
 * @import { Api } from './api.js'
 */

import { signal } from '@preact/signals-core';

export class Listing {
  /** Those that were read so far, and those that were put here; null before the first part was read. */
  items = signal(/** @type {StudioSummary[] | null} */ (null));
  /** Whether there are more. */
  hasMore = signal(false);
  #following = '';
  /** They stand first, wherever the order of the list has them. */
  #put = new Set();

  /**
   * @param {object} uses
   * @param {Api} uses.api
   * @param {string} uses.path
   * @param {Record<string, string>} uses.query
   */
  constructor({ api, path, query }) {
    this.api = api;
    this.path = path;
    this.query = query;
  }

  /**
   * Read the first part anew, or the one that follows. It may be empty before the end of the list.
   *
   * @param {{ more?: boolean }} [how]
   */
  async read({ more = false } = {}) {
    const before = (this.items.peek() ?? []).filter(({ id }) => more || this.#put.has(id));
    const wanted = new URLSearchParams({ ...this.query, ...(more && { cursor: this.#following }) });
    const { body } = await this.api.send('GET', `${this.path}?${wanted}`);
    this.#following = body.nextCursor ?? '';
    this.hasMore.value = this.#following !== '';
    const found = new Set(body.items.map((/** @type {StudioSummary} */ { id }) => id));
    this.items.value = [...before.filter(({ id }) => !found.has(id)), ...body.items];
  }

  /** Put one first. @param {StudioSummary} studio */
  put(studio) {
    this.#put.add(studio.id);
    this.items.value = [studio, ...(this.items.peek() ?? []).filter(({ id }) => id !== studio.id)];
  }

  /** Show what became of one. @param {Pick<StudioSummary, 'id'> & Partial<StudioSummary>} changes */
  change(changes) {
    this.items.value = this.items.peek()?.map((one) => (one.id === changes.id ? { ...one, ...changes } : one)) ?? null;
  }

  /** Take one away. @param {string} id @returns {StudioSummary | undefined} */
  remove(id) {
    this.#put.delete(id);
    const items = this.items.peek();
    this.items.value = items?.filter((one) => one.id !== id) ?? null;
    return items?.find((one) => one.id === id);
  }
}
