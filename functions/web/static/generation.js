/**
 * Pictures in the making of one studio: asking for them, and looking what became of them.
 *
 * @import { Clock, PictureProgress, Revision, Studio } from '../types.d.ts'
 * @import { Answer, Api } from './api.js'
 */

import { signal } from '@preact/signals-core';
import { RequestFailed } from './problems.js';

const FIRST_LOOK = 700;
const LAST_LOOK = 8000;
const GROWTH = 1.4;
/** So many pictures are asked about at once: a gateway takes an address of a few kilobytes. */
const NAMES = 60;

export class Generation {
  /** The pictures that are under way or have failed, in the order they were asked for. */
  pictures = signal(/** @type {PictureProgress[]} */ ([]));
  /** The slots for which pictures are being asked for. */
  asking = signal(/** @type {ReadonlySet<string>} */ (new Set()));
  /** How long pictures usually take; null if that is not known. */
  typicalMilliseconds = signal(/** @type {number | null} */ (null));

  #isWatched = false;
  /** @type {unknown} */
  #timer = null;
  #pause = FIRST_LOOK;
  #isLooking = false;
  /** @type {Map<string, { resolve: (revision: Revision) => void, reject: (reason: Error) => void }[]>} */
  #waiting = new Map();

  /**
   * @param {object} uses
   * @param {string} uses.path the studio's address
   * @param {Api} uses.api
   * @param {Clock} uses.clock
   * @param {() => Promise<unknown>} uses.readStudio reads the document, in which an ended picture stands
   */
  constructor({ path, api, clock, readStudio }) {
    this.path = path;
    this.api = api;
    this.clock = clock;
    this.readStudio = readStudio;
  }

  /** Look what becomes of pictures for as long as somebody watches. @param {boolean} isWatched */
  watch(isWatched) {
    this.#isWatched = isWatched;
    this.clock.clearTimeout(this.#timer);
    this.#timer = null;
    if (isWatched) this.#lookSoon({ afresh: true });
  }

  /** Nobody will be told any more; the pictures come all the same. */
  close() {
    this.watch(false);
    const reason = new Error('The studio was closed. Its pictures come all the same.');
    for (const waiting of [...this.#waiting.values()].flat()) waiting.reject(reason);
    this.#waiting.clear();
  }

  /**
   * Ask for pictures.
   *
   * @param {() => Promise<Answer>} ask sends the request
   * @param {string[]} slotIds
   * @returns {Promise<PictureProgress[]>} those that were asked for
   * @throws {RequestFailed}
   */
  async ask(ask, slotIds) {
    this.asking.value = new Set([...this.asking.value, ...slotIds]);
    try {
      const { body } = await ask();
      this.#told(body);
      void this.#lookSoon({ afresh: true });
      return body.generation;
    } finally {
      this.asking.value = new Set([...this.asking.value].filter((id) => !slotIds.includes(id)));
    }
  }

  /**
   * Wait for a picture.
   *
   * @param {PictureProgress} picture
   * @returns {Promise<Revision>} fails with the reason if there will be none
   */
  made(picture) {
    /** @type {Promise<Revision>} */
    const made = new Promise((resolve, reject) => {
      this.#waiting.set(picture.id, [...(this.#waiting.get(picture.id) ?? []), { resolve, reject }]);
    });
    made.catch(() => {}); // the reason stands in its slot too; nobody has to ask
    this.#tellWaiting([picture]);
    return made;
  }

  /**
   * A document was read: it tells of pictures that others asked for, and of those that have ended.
   *
   * @param {Studio} document
   */
  seen(document) {
    const stands = new Map(
      document.outputSlots.flatMap((slot) => slot.generation.map((one) => [one.id, { slotId: slot.id, ...one }])),
    );
    const made = new Map(document.outputSlots.flatMap((slot) => slot.history.map((one) => [one.id, one])));
    const left = this.pictures.value.filter(({ id, state }) => stands.has(id) || (isOpen(state) && !made.has(id)));
    const known = new Map(left.map((one) => [one.id, one]));
    const told = [...stands.values()].map(({ state, ...about }) => {
      const before = known.get(about.id)?.state;
      const open = before && isOpen(before) ? before : 'queued';
      return { ...about, state: state === 'failed' ? /** @type {const} */ ('failed') : open };
    });
    const came = this.pictures.value.flatMap(({ id, slotId }) => {
      const image = made.get(id);
      return image ? [{ id, slotId, state: /** @type {const} */ ('done'), image }] : [];
    });
    this.#show([...left.filter(({ id }) => !stands.has(id)), ...told]);
    this.#tellWaiting([...told, ...came]);
    this.#lookSoon({ afresh: false });
  }

  /** Look now at what became of all that is under way. */
  async look() {
    const open = this.pictures.value.filter(({ state }) => isOpen(state)).slice(0, NAMES);
    if (!open.length || this.#isLooking) return;
    this.#isLooking = true;
    try {
      const names = open.map(({ id, slotId }) => `${slotId}.${id}`).join(',');
      const { body } = await this.api.send('GET', `${this.path}/generation?images=${names}`);
      if (this.#told(body)) {
        this.#pause = FIRST_LOOK;
        await this.readStudio().catch(() => {}); // it is read again before long
      }
      this.#tellWaiting(body.generation);
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      if (error.kind === 'refused') this.watch(false);
    } finally {
      this.#isLooking = false;
      this.#lookSoon({ afresh: false });
    }
  }

  /**
   * @param {{ generation: PictureProgress[], images?: Revision[], typicalMilliseconds?: number }} answer
   * @returns {boolean} whether a picture has ended
   */
  #told({ generation, typicalMilliseconds }) {
    if (typicalMilliseconds !== undefined) this.typicalMilliseconds.value = typicalMilliseconds;
    const told = new Map(generation.map((one) => [one.id, one]));
    const others = this.pictures.value.filter(({ id }) => !told.has(id));
    this.#show([...others, ...generation]);
    return generation.some(({ state }) => !isOpen(state));
  }

  /** @param {PictureProgress[]} pictures */
  #show(pictures) {
    this.pictures.value = pictures
      .filter(({ state }) => isOpen(state) || state === 'failed')
      .sort((one, other) => (one.askedAt ?? '').localeCompare(other.askedAt ?? '') || one.id.localeCompare(other.id));
  }

  /** @param {PictureProgress[]} pictures */
  #tellWaiting(pictures) {
    for (const { id, state, image, reason } of pictures) {
      if (isOpen(state)) continue;
      for (const { resolve, reject } of this.#waiting.get(id) ?? []) {
        if (image) resolve(image);
        else reject(new Error(reason ?? 'The picture was cancelled.'));
      }
      this.#waiting.delete(id);
    }
  }

  /** @param {{ afresh: boolean }} how */
  #lookSoon({ afresh }) {
    if (!this.#isWatched || this.#isLooking || (this.#timer !== null && !afresh)) return;
    if (!this.pictures.value.some(({ state }) => isOpen(state))) return;
    this.clock.clearTimeout(this.#timer);
    if (afresh) this.#pause = FIRST_LOOK;
    this.#timer = this.clock.setTimeout(() => {
      this.#timer = null;
      void this.look();
    }, this.#pause);
    this.#pause = Math.min(LAST_LOOK, this.#pause * GROWTH);
  }
}

/** @param {PictureProgress['state']} state */
function isOpen(state) {
  return state === 'queued' || state === 'running';
}
