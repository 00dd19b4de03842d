/**
 * Saving of one studio: a second after the last edit, one request at a time, and again until it is answered.
 *
 * Reads of the document go through the same line, so a document never replaces a newer one.
 *
 * @import { Clock, FieldConflict, SaveState, SentSave, Studio, UnsavedEdits } from '../types.d.ts'
 * @import { Api, Answer } from './api.js'
 * @import { WorkingCopy } from './working-copy.js'
 */

import { REPLY_MILLISECONDS } from './api.js';
import { RequestFailed } from './problems.js';

export const DEBOUNCE_MILLISECONDS = 1000;
/** A document that was not heard of for so long is read again before anything is saved: the tab was asleep. */
export const STALE_MILLISECONDS = 60_000;

/**
 * What a `Saving` tells the page.
 *
 * @typedef {object} Listener
 * @property {() => void} changed what is shown, or the state, is another
 * @property {(conflicts: FieldConflict[]) => void} conflicts fields that others changed too
 * @property {(words: string[]) => void} ignored parts of a save that could not be taken
 * @property {(error: RequestFailed) => void} failed the studio cannot be saved or read as things stand
 */

export class Saving {
  /** @type {Promise<unknown>} */
  #line = Promise.resolve();
  /** @type {unknown} */
  #timer = null;
  #mayRepeatAt = 0;
  #heardAt = -Infinity;
  #isReachable = true;
  /** @type {RequestFailed | null} why nothing is sent until somebody does something */
  #held = null;
  #isClosed = false;
  /** @type {(() => void)[]} */
  #sleepers = [];
  /** @type {{ resolve: () => void, reject: (reason: unknown) => void }[]} */
  #waiting = [];

  /**
   * @param {object} uses
   * @param {string} uses.path the studio's address
   * @param {WorkingCopy} uses.copy
   * @param {Api} uses.api
   * @param {Clock} uses.clock
   * @param {(edits: UnsavedEdits | null) => void} uses.keep keeps unsaved edits safe
   * @param {Listener} uses.listener
   */
  constructor({ path, copy, api, clock, keep, listener }) {
    this.path = path;
    this.copy = copy;
    this.api = api;
    this.clock = clock;
    this.keep = keep;
    this.listener = listener;
  }

  /** @returns {Exclude<SaveState, 'conflict'>} */
  get state() {
    if (this.#held?.status === 401) return 'signed-out';
    if (this.#held || (this.copy.refused.length && !this.copy.isSendable && !this.copy.sent)) return 'refused';
    if (!this.#isReachable) return 'offline';
    return this.copy.isUnsaved ? 'saving' : 'saved';
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
    this.#timer = null;
    return this.inLine(() => this.#save(isLeaving));
  }

  /** Read the document, unless this tab has it already. @returns {Promise<void>} */
  read() {
    return this.inLine(() => this.#read());
  }

  /**
   * Take up the unsaved edits of a tab that is gone.
   *
   * @param {UnsavedEdits} edits
   * @returns {Promise<void>} ends once they are kept as this tab's own
   */
  async resume(edits) {
    while (!(await this.inLine(async () => this.#resumed(edits)))) {
      await this.flush();
      await this.#sleep(DEBOUNCE_MILLISECONDS);
    }
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
   * Show a whole document that a request brought, which was sent in line.
   *
   * @param {Answer} answer
   */
  take(answer) {
    this.#show(answer, (document, tag) => this.copy.take(document, tag));
  }

  /** Something changed that may let a waiting save go: the network, the sign-in, the person's patience. */
  wake() {
    this.#held = null;
    for (const wake of this.#sleepers.splice(0)) wake();
    this.listener.changed();
    if (this.copy.isUnsaved) void this.flush();
    else if (!this.#isReachable) void this.read().catch(() => {});
  }

  /** The page is shown again: it may have slept. Read what others did meanwhile, and then save what is unsaved. */
  shown() {
    this.#heardAt = -Infinity;
    if (this.copy.isUnsaved) void this.flush();
    else void this.read().catch(() => {});
  }

  /** The browser says that there is no network. Before anything is saved, a read shows whether that is so. */
  lost() {
    this.#isReachable = false;
    this.listener.changed();
  }

  /** Send nothing more. What is unsaved stays kept. */
  close() {
    this.#isClosed = true;
    this.clock.clearTimeout(this.#timer);
    for (const wake of this.#sleepers.splice(0)) wake();
  }

  /** @param {UnsavedEdits} edits @returns {boolean} whether they are this tab's own now */
  #resumed(edits) {
    if (this.copy.isUnsaved) return this.#isClosed;
    this.listener.conflicts(this.copy.resume(edits));
    this.#mayRepeatAt = (edits.sent?.sentAt ?? 0) + REPLY_MILLISECONDS;
    this.#keep();
    this.listener.changed();
    void this.flush();
    return true;
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
      if (isInDoubt && isLeaving) break; // the next visit goes on with it
      if (isInDoubt) await this.#sleep(Math.min(this.api.pause(attempt), this.#mayRepeatAt - this.clock.now()));
      if ((isInDoubt || this.#isOutOfTouch) && !isLeaving) {
        if (!(await this.#tryRead()) && !this.#held) await this.#sleep(this.api.pause(attempt));
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
    const isStale = this.clock.now() - this.#heardAt > STALE_MILLISECONDS;
    return isStale || !this.#isReachable;
  }

  /** @returns {boolean} whether there is something to send */
  #begin() {
    if (!this.copy.begin(this.api.newKey(), this.clock.now())) return false;
    this.#mayRepeatAt = 0;
    this.#keep();
    this.listener.changed();
    return true;
  }

  /**
   * Send the save once.
   *
   * @param {number} attempt
   */
  async #send(attempt) {
    const sent = /** @type {SentSave} */ (this.copy.sent);
    const sentAt = this.clock.now();
    try {
      const { tag: ifMatch, key, body } = sent;
      const answer = await this.api.send('PATCH', this.path, { ifMatch, key, body });
      this.#show(answer, (document, tag) => this.copy.settle(document, tag));
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      this.#failed(error);
      this.#mayRepeatAt = this.api.mayRepeatAt(error, sentAt, attempt);
      if (error.kind === 'busy') await this.#sleep(this.#mayRepeatAt - this.clock.now());
      else if (error.kind === 'refused') this.#refused(error, sent);
    }
    this.listener.changed();
  }

  /**
   * Show the document of an answer, and list what it, or what is unsaved here, is in conflict with.
   *
   * @param {Answer} answer
   * @param {(document: Studio, tag: string) => FieldConflict[]} taken
   */
  #show({ body, tag }, taken) {
    const { merge, ...document } = body;
    this.#heard();
    this.listener.conflicts((merge?.conflicts ?? []).map(fieldConflict));
    this.listener.conflicts(taken(document, /** @type {string} */ (tag)));
    const ignored = (merge?.ignored ?? []).map((/** @type {{ message: string }} */ one) => one.message);
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
    if (error.status === 401) {
      this.#hold(error); // an earlier attempt may have landed, so it stays the same save
      return;
    }
    this.listener.conflicts(this.copy.drop());
    const { current, etag, errors } = error.problem;
    const fields = (Array.isArray(errors) ? errors : []).map((one) => ({ ...one, ...refusedField(one.field, sent) }));
    if (current && etag) this.take({ status: error.status, body: current, tag: etag, headers: new Headers() });
    else if (fields.length && fields.every(({ name }) => name)) {
      for (const { slotId, name, message } of fields) this.copy.refuse(slotId, name, message);
      this.listener.failed(error);
    } else this.#hold(error);
    this.#keep();
  }

  async #read() {
    const ifNoneMatch = this.copy.read?.tag;
    try {
      const answer = await this.api.send('GET', this.path, { ifNoneMatch });
      this.#heard();
      if (answer.status !== 304) this.take(answer);
    } catch (error) {
      if (error instanceof RequestFailed) this.#failed(error);
      throw error;
    } finally {
      this.listener.changed();
    }
  }

  /** @returns {Promise<boolean>} whether the document is known as it stands */
  async #tryRead() {
    try {
      await this.#read();
      return true;
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      if (error.kind === 'refused') this.#hold(error);
      return false;
    }
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
    this.keep(this.copy.unsaved);
  }

  #tellWaiting() {
    if (this.#isClosed) return;
    const reason = this.#held ?? (this.copy.refused.length ? new Error(this.copy.refused[0].words) : null);
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      if (this.copy.isUnsaved) reject(reason);
      else resolve();
    }
  }

  /** @param {number} milliseconds @returns {Promise<void>} ends sooner when somebody calls `wake` */
  #sleep(milliseconds) {
    if (milliseconds <= 0 || this.#isClosed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.clock.setTimeout(resolve, milliseconds);
      this.#sleepers.push(() => {
        this.clock.clearTimeout(timer);
        resolve();
      });
    });
  }
}

/**
 * A conflict as the service lists it: the studio's own have a pointer alone.
 *
 * @param {Pick<FieldConflict, 'base' | 'mine' | 'theirs'> & { pointer: string, slotId?: string | null, field?: string }} listed
 * @returns {FieldConflict}
 */
function fieldConflict({ pointer, slotId = null, field = pointer.slice(1), base, mine, theirs }) {
  return { slotId, field, base, mine, theirs };
}

/**
 * The field of a studio that a pointer into a save's body names.
 *
 * @param {string} pointer such as `/outputSlots/0/settings/promptText`
 * @param {SentSave} sent
 * @returns {{ slotId: string | null, name: string | null }} no name if it is about more than one field
 */
function refusedField(pointer, { body }) {
  const [first, index, member, setting] = pointer.split('/').slice(1);
  /** @type {string | null} */
  const slotId = (first === 'outputSlots' && body.outputSlots?.[Number(index)]?.id) || null;
  const name = member === 'settings' && setting ? `settings.${setting}` : member;
  if (first === 'name') return { slotId: null, name: 'name' };
  return { slotId, name: slotId && name && name !== 'id' ? name : null };
}
