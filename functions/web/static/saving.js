/**
 * Saving of one studio: a second after the last edit, one request at a time, and again until it is answered.
 *
 * Reads of the document go through the same line, so that a document never replaces a newer one.
 *
 * @import { Clock, FieldConflict, SaveState, SentSave, Studio, UnsavedEdits } from '../types.d.ts'
 * @import { Answer, Api } from './api.js'
 * @import { WorkingCopy } from './working-copy.js'
 */

import { partsOf, refusedFields } from './answers.js';
import { REPLY_MILLISECONDS } from './api.js';
import { Pausing } from './pausing.js';
import { RequestFailed } from './problems.js';

const DEBOUNCE_MILLISECONDS = 1000;
/** A document that was not heard of for so long is read again before anything is saved: the tab was asleep. */
const STALE_MILLISECONDS = 60_000;

/**
 * What a `Saving` tells.
 *
 * @typedef {object} Listener
 * @property {() => void} changed what is shown, or the state, is another
 * @property {(edits: UnsavedEdits | null) => void} keep these are the unsaved edits, to be kept safe
 * @property {(conflicts: FieldConflict[]) => void} conflicts fields that others changed too
 * @property {(words: string[]) => void} ignored parts of a save that could not be taken
 * @property {(error: RequestFailed) => void} failed the studio cannot be saved or read as things stand
 */

export class Saving {
  /** @type {Promise<unknown>} */
  #line = Promise.resolve();
  /** @type {unknown} */
  #timer = null;
  #pausing;
  /** When the save on its way may be sent again although nothing was heard of it. */
  #mayRepeatAt = 0;
  /** Whether the answer to the save on its way has to bring the document. */
  #wantsWhole = false;
  #heardAt = -Infinity;
  #isReachable = true;
  /** @type {RequestFailed | null} why nothing is sent until somebody does something */
  #held = null;
  #isClosed = false;
  /** @type {{ resolve: () => void, reject: (reason: unknown) => void }[]} */
  #waiting = [];

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
    this.#pausing = new Pausing(clock);
  }

  /** @returns {Exclude<SaveState, 'conflict'>} */
  get state() {
    const { isUnsaved, isSendable, sent } = this.copy;
    if (this.#held?.status === 401) return 'signed-out';
    if (isUnsaved && (this.#held || (!isSendable && !sent))) return 'refused';
    if (!this.#isReachable) return 'offline';
    return isUnsaved ? 'saving' : 'saved';
  }

  /** What people own was edited: save it soon. */
  edited() {
    this.#held = null;
    this.#keep();
    this.clock.clearTimeout(this.#timer);
    this.#timer = this.clock.setTimeout(() => void this.flush(), DEBOUNCE_MILLISECONDS);
    this.listener.changed();
  }

  /**
   * Wait until all that is unsaved now is saved.
   *
   * @returns {Promise<void>} fails when the service refuses it
   */
  saved() {
    if (!this.copy.isUnsaved) return Promise.resolve();
    /** @type {Promise<void>} */
    const saved = new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
    saved.catch(() => {}); // that it was refused is told elsewhere too; nobody has to ask
    return saved;
  }

  /**
   * Save now.
   *
   * @param {{ isLeaving?: boolean }} [how] whether the page goes: there is no time to read the studio first then
   * @returns {Promise<void>} ends when there is nothing more that can be saved
   */
  flush({ isLeaving = false } = {}) {
    this.clock.clearTimeout(this.#timer);
    return this.inLine(() => this.#save(isLeaving));
  }

  /** Read the document, unless this tab has it already. @returns {Promise<void>} */
  read() {
    return this.inLine(() => this.#read());
  }

  /** See whether others changed the studio, unless somebody has to do something first. */
  look() {
    if (!this.#held) void this.read().catch(() => {}); // what is wrong with it is told elsewhere
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

  /**
   * Show the whole document that a request brought, which was sent in line.
   *
   * @param {Pick<Answer, 'body' | 'tag'>} answer
   */
  take(answer) {
    this.#show(answer, (document, tag) => this.copy.take(document, tag));
  }

  /**
   * Take up the unsaved edits of a tab that is gone, once this one has none.
   *
   * @param {UnsavedEdits} edits
   * @returns {Promise<void>} ends when they are kept as this tab's own
   */
  async resume(edits) {
    while (!(await this.inLine(async () => this.#resumed(edits)))) {
      await this.flush();
      await this.#pausing.sleep(DEBOUNCE_MILLISECONDS);
    }
  }

  /** The page is shown again: it may have slept. Read what others did meanwhile, and then save what is unsaved. */
  shown() {
    this.#heardAt = -Infinity;
    if (this.copy.isUnsaved) void this.flush();
    else this.look();
  }

  /** The browser says that there is no network. Before anything is saved, a read shows whether that is so. */
  lost() {
    this.#isReachable = false;
    this.listener.changed();
  }

  /** What kept edits from being saved may be over: a network, a sign-in, the person's patience. */
  wake() {
    this.#held = null;
    this.#pausing.wake();
    this.listener.changed();
    if (this.copy.isUnsaved) void this.flush();
    else this.look();
  }

  /** Forget what is unsaved, and show the document as it was read. */
  discard() {
    this.#held = null;
    this.copy.discard();
    this.#keep();
    this.#tellWaiting();
    this.listener.changed();
  }

  /** Wait, but not for longer than until `wake` is called. @param {number} milliseconds */
  pause(milliseconds) {
    return this.#pausing.sleep(milliseconds);
  }

  /** Whether nothing more is sent. */
  get isClosed() {
    return this.#isClosed;
  }

  /** Send nothing more. What is unsaved stays kept. */
  close() {
    this.#isClosed = true;
    this.clock.clearTimeout(this.#timer);
    this.#pausing.wake();
  }

  /**
   * Save until nothing is left that can be saved.
   *
   * A save that may have landed unseen is repeated under its key, but not before nothing of it can be running any
   * more; meanwhile the document is read, for it may show that it has landed.
   *
   * @param {boolean} isLeaving
   */
  async #save(isLeaving) {
    for (let attempt = 1; this.copy.isUnsaved && !this.#held && !this.#isClosed; attempt += 1) {
      const { sent, hasLanded } = this.copy;
      const isInDoubt = sent !== null && !hasLanded && this.clock.now() < this.#mayRepeatAt;
      if (isInDoubt) {
        await this.#pausing.sleep(Math.min(this.api.pause(attempt), this.#mayRepeatAt - this.clock.now()));
      }
      if (isInDoubt || (this.#isOutOfTouch && !isLeaving)) {
        if (!(await this.#isRead()) && !this.#held) await this.#pausing.sleep(this.api.pause(attempt));
        if (isInDoubt || this.#isOutOfTouch) continue;
      }
      if (!sent && !this.#begin()) break;
      await this.#send(attempt);
      isLeaving = false;
    }
    this.#tellWaiting();
  }

  /** Whether the document may be another by now, or nobody may hear what is sent. */
  get #isOutOfTouch() {
    return !this.#isReachable || this.clock.now() - this.#heardAt > STALE_MILLISECONDS;
  }

  /** @returns {boolean} whether there is something to send */
  #begin() {
    if (!this.copy.begin(this.api.newKey(), this.clock.now())) return false;
    this.#mayRepeatAt = 0;
    this.#wantsWhole = false;
    this.#keep();
    this.listener.changed();
    return true;
  }

  /** Send the save once. @param {number} attempt */
  async #send(attempt) {
    const sent = /** @type {SentSave} */ (this.copy.sent);
    const sentAt = this.clock.now();
    try {
      const { tag: ifMatch, key, body } = sent;
      const prefer = sent.isForeseen && !this.#wantsWhole ? 'return=minimal' : undefined;
      this.#settle(await this.api.send('PATCH', this.path, { ifMatch, key, body, prefer }));
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      this.#failed(error);
      this.#wantsWhole = true; // it may have landed, and others may have changed something since
      this.#mayRepeatAt = this.api.mayRepeatAt(error, sentAt, attempt);
      if (error.kind === 'busy') await this.#pausing.sleep(this.#mayRepeatAt - this.clock.now());
      else if (error.kind === 'refused') this.#refused(error, sent);
    }
    this.listener.changed();
  }

  /** @param {Answer} answer */
  #settle(answer) {
    if (answer.body?.outputSlots) {
      this.#show(answer, (document, tag) => this.copy.settle(document, tag));
    } else if (answer.status === 204 && answer.tag !== null) {
      this.#heard();
      this.copy.settleAsSent(answer.tag);
      this.#keep();
    } else if (!this.#wantsWhole) {
      this.#wantsWhole = true; // changes of others were merged in: the same save asks for them
    } else {
      throw new RequestFailed('unreachable');
    }
  }

  /**
   * Show the document of an answer, and list what it, or what is unsaved here, is in conflict with.
   *
   * @param {Pick<Answer, 'body' | 'tag'>} answer
   * @param {(document: Studio, tag: string) => FieldConflict[]} taken
   */
  #show({ body, tag }, taken) {
    const { document, conflicts, ignored } = partsOf(body);
    this.#heard();
    this.listener.conflicts(conflicts);
    this.listener.conflicts(taken(document, /** @type {string} */ (tag)));
    if (ignored.length) this.listener.ignored(ignored);
    this.#keep();
    this.listener.changed();
  }

  /**
   * Nothing was written. Do what lets the rest be saved, or hold everything until somebody does something.
   *
   * @param {RequestFailed} error
   * @param {SentSave} sent
   */
  #refused(error, sent) {
    // An earlier attempt may have landed, so after 401 it stays the same save.
    if (error.status === 401) return this.#hold(error);
    this.listener.conflicts(this.copy.drop());
    const { current, etag } = error.problem;
    const fields = refusedFields(error, sent);
    if (current && etag) this.take({ body: current, tag: etag });
    else if (fields.length) {
      for (const { slotId, field, words } of fields) this.copy.refuse(slotId, field, words);
      this.listener.failed(error);
    } else this.#hold(error);
    return this.#keep();
  }

  async #read() {
    const known = this.copy.read;
    try {
      const answer = await this.api.send('GET', this.path, { ifNoneMatch: known?.tag });
      this.#heard();
      if (answer.status !== 304) this.take(answer);
    } catch (error) {
      if (error instanceof RequestFailed) {
        this.#failed(error);
        if (known && error.kind === 'refused') this.#hold(error);
      }
      throw error;
    } finally {
      this.listener.changed();
    }
  }

  /** Read the document. @returns {Promise<boolean>} whether it is known as it stands */
  async #isRead() {
    try {
      await this.#read();
      return true;
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      if (error.kind === 'refused' && !this.#held) this.#hold(error);
      return false;
    }
  }

  /** @param {UnsavedEdits} edits @returns {boolean} whether they are this tab's own now */
  #resumed(edits) {
    if (this.copy.isUnsaved) return this.#isClosed;
    this.listener.conflicts(this.copy.resume(edits));
    const now = this.clock.now();
    this.#mayRepeatAt = Math.min(edits.sent?.sentAt ?? 0, now) + REPLY_MILLISECONDS;
    this.#wantsWhole = true;
    this.#keep();
    this.listener.changed();
    void this.flush();
    return true;
  }

  #heard() {
    this.#heardAt = this.clock.now();
    this.#isReachable = true;
  }

  /** @param {RequestFailed} error */
  #failed(error) {
    this.#isReachable = error.kind === 'busy' || error.kind === 'refused';
  }

  /** @param {RequestFailed} error */
  #hold(error) {
    this.#held = error;
    this.listener.failed(error);
    this.listener.changed();
  }

  #keep() {
    this.listener.keep(this.copy.unsaved);
  }

  #tellWaiting() {
    if (this.#isClosed) return;
    const reason = this.#held ?? new Error(this.copy.refused[0]?.words ?? 'This could not be saved.');
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      if (this.copy.isUnsaved) reject(reason);
      else resolve();
    }
  }
}
