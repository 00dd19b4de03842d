/**
 * Reading of one studio: what is asked about its document goes through one line, so that a document never replaces
 * a newer one, and shows whether the service can be reached.
 *
 * @import { Clock, FieldConflict, Studio, UnsavedEdits } from '../types.d.ts'
 * @import { Answer, Api } from './api.js'
 * @import { WorkingCopy } from './working-copy.js'
 */

import { partsOf } from './answers.js';
import { RequestFailed } from './problems.js';

/** A document that was not heard of for so long is read again before anything is saved: the tab was asleep. */
const STALE_MILLISECONDS = 60_000;

/**
 * What is told of a studio.
 *
 * @typedef {object} Listener
 * @property {() => void} changed what is shown, or the state, is another
 * @property {(edits: UnsavedEdits | null) => void} keep these are the unsaved edits, to be kept safe
 * @property {(conflicts: FieldConflict[]) => void} conflicts fields that others changed too
 * @property {(words: string[]) => void} ignored parts of a save that could not be taken
 * @property {(error: RequestFailed) => void} failed the studio cannot be saved or read as things stand
 */

export class Reading {
  /** @type {Promise<unknown>} */
  #line = Promise.resolve();
  #heardAt = -Infinity;
  #isReachable = true;
  /** @type {RequestFailed | null} */
  #held = null;

  /**
   * @param {object} uses
   * @param {string} uses.path the studio's address
   * @param {WorkingCopy} uses.copy
   * @param {Api} uses.api
   * @param {Clock} uses.clock
   * @param {Listener} uses.listener
   */
  constructor({ path, copy, api, clock, listener }) {
    this.path = path;
    this.copy = copy;
    this.api = api;
    this.clock = clock;
    this.listener = listener;
  }

  /** Why nothing is sent until somebody does something; null if nothing holds. */
  get held() {
    return this.#held;
  }

  get isReachable() {
    return this.#isReachable;
  }

  /** Whether the document may be another by now, or nobody may hear what is sent. */
  get isOutOfTouch() {
    return !this.#isReachable || this.clock.now() - this.#heardAt > STALE_MILLISECONDS;
  }

  /**
   * Do something to the document that this line is about, alone.
   *
   * @template T
   * @param {() => Promise<T>} job
   * @returns {Promise<T>}
   */
  inLine(job) {
    const result = this.#line.then(job);
    this.#line = result.catch(() => {});
    return result;
  }

  /** Read the document, unless this tab has it already. @returns {Promise<void>} */
  read() {
    return this.inLine(() => this.#read());
  }

  /** See whether others changed the studio, unless somebody has to do something first. */
  look() {
    if (!this.#held) void this.read().catch(() => {}); // what is wrong with it is told elsewhere
  }

  /** Read the document, by who has the line. @returns {Promise<boolean>} whether it is known as it stands */
  async isRead() {
    try {
      await this.#read();
      return true;
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      if (error.kind === 'refused' && !this.#held) this.hold(error);
      return false;
    }
  }

  /**
   * Show the whole document that a request brought, which was sent in line.
   *
   * @param {Pick<Answer, 'body' | 'tag'>} answer
   */
  take(answer) {
    this.show(answer, (document, tag) => this.copy.take(document, tag));
  }

  /**
   * Show the document of an answer, and list what it, or what is unsaved here, is in conflict with.
   *
   * @param {Pick<Answer, 'body' | 'tag'>} answer
   * @param {(document: Studio, tag: string) => FieldConflict[]} taken
   */
  show({ body, tag }, taken) {
    const { document, conflicts, ignored } = partsOf(body);
    this.heard();
    this.listener.conflicts(conflicts);
    this.listener.conflicts(taken(document, /** @type {string} */ (tag)));
    if (ignored.length) this.listener.ignored(ignored);
    this.listener.keep(this.copy.unsaved);
    this.listener.changed();
  }

  /** The service answered well. */
  heard() {
    this.#heardAt = this.clock.now();
    this.#isReachable = true;
  }

  /** The document may be another by now, whenever the service was heard. */
  doubt() {
    this.#heardAt = -Infinity;
  }

  /** The browser says that there is no network. Before anything is saved, a read shows whether that is so. */
  lost() {
    this.#isReachable = false;
    this.listener.changed();
  }

  /** @param {RequestFailed} error */
  failed(error) {
    this.#isReachable = error.kind === 'busy' || error.kind === 'refused';
  }

  /** Send nothing until somebody does something. @param {RequestFailed} error why */
  hold(error) {
    this.#held = error;
    this.listener.failed(error);
    this.listener.changed();
  }

  /** Somebody did something. */
  release() {
    this.#held = null;
  }

  async #read() {
    const known = this.copy.read;
    try {
      const answer = await this.api.send('GET', this.path, { ifNoneMatch: known?.tag });
      this.heard();
      if (answer.status !== 304) this.take(answer);
    } catch (error) {
      if (error instanceof RequestFailed) {
        this.failed(error);
        if (known && error.kind === 'refused') this.hold(error);
      }
      throw error;
    } finally {
      this.listener.changed();
    }
  }
}
