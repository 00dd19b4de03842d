/**
 * Saving of one studio: a second after the last edit, one request at a time, and again until it is answered.
 *
 * @import { Clock, SaveState, SentSave, UnsavedEdits } from '../types.d.ts'
 * @import { Answer, Api } from './api.js'
 * @import { Listener, Reading } from './reading.js'
 * @import { WorkingCopy } from './working-copy.js'
 */

import { refusedFields } from './answers.js';
import { REPLY_MILLISECONDS } from './api.js';
import { Pausing } from './pausing.js';
import { RequestFailed } from './problems.js';

const DEBOUNCE_MILLISECONDS = 1000;
export class Saving {
  /** @type {unknown} */
  #timer = null;
  #pausing;
  /** When the save on its way may be sent again although nothing was heard of it. */
  #mayRepeatAt = 0;
  /** Whether the answer to the save on its way has to bring the document. */
  #wantsWhole = false;
  #isClosed = false;
  /** @type {{ resolve: () => void, reject: (reason: unknown) => void }[]} */
  #waiting = [];

  /**
   * @param {object} uses
   * @param {string} uses.path the studio's address
   * @param {Reading} uses.reading its line is this one's too
   * @param {WorkingCopy} uses.copy
   * @param {Api} uses.api
   * @param {Clock} uses.clock
   * @param {Listener} uses.listener
   */
  constructor({ path, reading, copy, api, clock, listener }) {
    this.path = path;
    this.reading = reading;
    this.copy = copy;
    this.api = api;
    this.clock = clock;
    this.listener = listener;
    this.#pausing = new Pausing(clock);
  }

  /** @returns {Exclude<SaveState, 'conflict'>} */
  get state() {
    const { isUnsaved, isSendable, sent } = this.copy;
    const { held, isReachable } = this.reading;
    if (held?.status === 401) return 'signed-out';
    if (isUnsaved && (held || (!isSendable && !sent))) return 'refused';
    if (!isReachable) return 'offline';
    return isUnsaved ? 'saving' : 'saved';
  }

  /** What people own was edited: save it soon. */
  edited() {
    this.reading.release();
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
    return this.reading.inLine(() => this.#save(isLeaving));
  }

  /**
   * Take up the unsaved edits of a tab that is gone, once this one has none.
   *
   * @param {UnsavedEdits} edits
   * @returns {Promise<void>} ends when they are kept as this tab's own
   */
  async resume(edits) {
    while (!(await this.reading.inLine(async () => this.#resumed(edits)))) {
      await this.flush();
      await this.#pausing.sleep(DEBOUNCE_MILLISECONDS);
    }
  }

  /** The page is shown again: it may have slept. Read what others did meanwhile, and then save what is unsaved. */
  shown() {
    this.reading.doubt();
    if (this.copy.isUnsaved) void this.flush();
    else this.reading.look();
  }

  /** What kept edits from being saved may be over: a network, a sign-in, the person's patience. */
  wake() {
    this.reading.release();
    this.#pausing.wake();
    this.listener.changed();
    if (this.copy.isUnsaved) void this.flush();
    else this.reading.look();
  }

  /** Forget what is unsaved, and show the document as it was read. */
  discard() {
    this.reading.release();
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
    const { reading } = this;
    for (let attempt = 1; this.copy.isUnsaved && !reading.held && !this.#isClosed; attempt += 1) {
      const { sent, hasLanded } = this.copy;
      const isInDoubt = sent !== null && !hasLanded && this.clock.now() < this.#mayRepeatAt;
      if (isInDoubt) {
        await this.#pausing.sleep(Math.min(this.api.pause(attempt), this.#mayRepeatAt - this.clock.now()));
      }
      if (isInDoubt || (reading.isOutOfTouch && !isLeaving)) {
        if (!(await reading.isRead()) && !reading.held) await this.#pausing.sleep(this.api.pause(attempt));
        if (isInDoubt || reading.isOutOfTouch) continue;
      }
      if (!sent && !this.#begin()) break;
      await this.#send(attempt);
      isLeaving = false;
    }
    this.#tellWaiting();
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
      this.reading.failed(error);
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
      this.reading.show(answer, (document, tag) => this.copy.settle(document, tag));
    } else if (answer.status === 204 && answer.tag !== null) {
      this.reading.heard();
      this.copy.settleAsSent(answer.tag);
      this.#keep();
    } else if (!this.#wantsWhole) {
      this.#wantsWhole = true; // changes of others were merged in: the same save asks for them
    } else {
      throw new RequestFailed('unreachable');
    }
  }

  /**
   * Nothing was written. Do what lets the rest be saved, or hold everything until somebody does something.
   *
   * @param {RequestFailed} error
   * @param {SentSave} sent
   */
  #refused(error, sent) {
    // An earlier attempt may have landed, so after 401 it stays the same save.
    if (error.status === 401) return this.reading.hold(error);
    this.listener.conflicts(this.copy.drop());
    const { current, etag } = error.problem;
    const fields = refusedFields(error, sent);
    if (current && etag) this.reading.take({ body: current, tag: etag });
    else if (fields.length) {
      for (const { slotId, field, words } of fields) this.copy.refuse(slotId, field, words);
      this.listener.failed(error);
    } else this.reading.hold(error);
    return this.#keep();
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

  #keep() {
    this.listener.keep(this.copy.unsaved);
  }

  #tellWaiting() {
    if (this.#isClosed) return;
    const reason = this.reading.held ?? new Error(this.copy.refused[0]?.words ?? 'This could not be saved.');
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      if (this.copy.isUnsaved) reject(reason);
      else resolve();
    }
  }
}
