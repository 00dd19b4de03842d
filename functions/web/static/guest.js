/**
 * A studio as a guest sees it, who came by a link: to look at, and to mark favourites in.
 *
 * The link's secret stands in the fragment of its address, which browsers send to nobody, and goes out only in a
 * header.
 *
 * @import { Clock } from '../types.d.ts'
 */

import { computed, signal } from '@preact/signals-core';
import { Api } from './api.js';
import { noSession } from './no-session.js';
import { RequestFailed } from './problems.js';

/** The addresses of pictures in an answer are good for five minutes; they are asked for anew before. */
const FRESH_MILLISECONDS = 4 * 60_000;
const DEBOUNCE_MILLISECONDS = 500;
const SLOTS_AT_ONCE = 12;

/**
 * @param {object} uses
 * @param {string} uses.shareId
 * @param {string} uses.secret
 * @param {typeof globalThis.fetch} uses.fetch
 * @param {Clock} uses.clock
 * @param {() => string} uses.newKey
 * @param {() => number} [uses.random]
 */
export function createGuest({ shareId, secret, fetch, clock, newKey, random }) {
  const api = new Api({ fetch, clock, session: noSession(), newKey, random });
  const path = `/api/shares/${shareId}`;
  const headers = { 'x-share-token': secret };
  const view = signal(/** @type {any} */ (null));
  const state = signal(/** @type {'loading' | 'ready' | 'gone'} */ ('loading'));
  const error = signal(/** @type {string | null} */ (null));
  /** Marks that are not known to be saved, by slot and picture. */
  const unsaved = signal(/** @type {ReadonlyMap<string, { slotId: string, imageId: string, favorite: boolean }>} */ (new Map()));
  /** @type {Promise<unknown>} */
  let line = Promise.resolve();
  let readAt = -Infinity;
  let parts = 1;
  /** @type {unknown} */
  let saveTimer = null;
  /** @type {unknown} */
  let freshTimer = null;

  const shown = computed(() => {
    if (!view.value) return null;
    const outputSlots = view.value.outputSlots.map((/** @type {any} */ slot) => ({ ...slot, favorites: marked(slot) }));
    return { ...view.value, outputSlots };
  });

  /** @param {{ id: string, favorites: string[] }} slot */
  function marked(slot) {
    const marks = new Set(slot.favorites);
    for (const { slotId, imageId, favorite } of unsaved.value.values()) {
      if (slotId !== slot.id) continue;
      if (favorite) marks.add(imageId);
      else marks.delete(imageId);
    }
    return [...marks];
  }

  /** @template T @param {() => Promise<T>} job @returns {Promise<T | void>} */
  function inLine(job) {
    const result = line.then(job).catch((failure) => {
      if (!(failure instanceof RequestFailed)) throw failure;
      if (failure.kind === 'refused' && [401, 403, 404, 410].includes(failure.status)) state.value = 'gone';
      error.value = failure.message;
    });
    line = result;
    return result;
  }

  async function read() {
    let found = null;
    let cursor = '';
    for (let part = 0; part < parts && (part === 0 || cursor); part += 1) {
      const wanted = new URLSearchParams({ limit: String(SLOTS_AT_ONCE), ...(cursor && { cursor }) });
      const { body } = await api.send('GET', `${path}?${wanted}`, { headers });
      found = found ? { ...body, outputSlots: [...found.outputSlots, ...body.outputSlots] } : body;
      cursor = body.nextCursor ?? '';
    }
    view.value = found;
    state.value = 'ready';
    error.value = null;
    readAt = clock.now();
    clock.clearTimeout(freshTimer);
    freshTimer = clock.setTimeout(() => void inLine(read), FRESH_MILLISECONDS);
  }

  async function save() {
    const sent = unsaved.peek();
    if (!sent.size) return;
    await api.change('PUT', `${path}/favorites`, { headers, body: { favorites: [...sent.values()] } })();
    const left = [...unsaved.peek()].filter(([name, mark]) => sent.get(name) !== mark);
    const slots = view.peek().outputSlots.map((/** @type {any} */ slot) => ({ ...slot, favorites: marked(slot) }));
    view.value = { ...view.peek(), outputSlots: slots };
    unsaved.value = new Map(left);
    error.value = null;
  }

  return {
    /** The studio as the guest sees it, with what they marked; null until it was read. */
    studio: shown,
    /** `gone` if the link was withdrawn, has expired, or never was. */
    state,
    /** What went wrong last, in plain words; null if nothing did. */
    error,
    saveState: computed(() => (unsaved.value.size ? 'saving' : 'saved')),
    hasMore: computed(() => Boolean(view.value?.nextCursor)),

    open: () => inLine(read),
    readMore() {
      parts += 1;
      return inLine(read);
    },

    /** Mark a picture, or take its mark away. @param {string} slotId @param {string} imageId @param {boolean} favorite */
    mark(slotId, imageId, favorite) {
      unsaved.value = new Map(unsaved.peek()).set(`${slotId} ${imageId}`, { slotId, imageId, favorite });
      clock.clearTimeout(saveTimer);
      saveTimer = clock.setTimeout(() => void inLine(save), DEBOUNCE_MILLISECONDS);
    },

    /** The page is hidden or goes: what is unsaved is sent now. */
    pageHidden() {
      clock.clearTimeout(saveTimer);
      clock.clearTimeout(freshTimer);
      return inLine(save);
    },

    /** The page is shown again: the addresses of its pictures may have run out. */
    pageShown() {
      return inLine(async () => {
        await save();
        if (clock.now() - readAt > FRESH_MILLISECONDS) await read();
      });
    },
  };
}
