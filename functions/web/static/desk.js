/**
 * The studios that this page has to do with: the one that is open, and those whose edits are still being saved.
 *
 * @import { Clock, Owned, Trouble } from '../types.d.ts'
 * @import { Api } from './api.js'
 * @import { Outbox } from './outbox.js'
 */

import { computed, signal } from '@preact/signals-core';
import { OpenStudio } from './open-studio.js';

/** How often an open studio is looked at for what others changed. */
const LOOK_MILLISECONDS = 20_000;
const NO_ROOM = 'This browser has no room to keep unsaved changes. Do not close this page before they are saved.';

export class Desk {
  /** What went wrong, in plain words, with what may be done about it. */
  errors = signal(/** @type {Trouble[]} */ ([]));
  #openId = signal(/** @type {string | null} */ (null));
  /** @type {Map<string, OpenStudio>} */
  #studios = new Map();
  /** The studio that is open; null if none is. */
  current = computed(() => (this.#openId.value === null ? null : this.of(this.#openId.value)));
  /** @type {Map<string, Promise<unknown>>} */
  #underWay = new Map();
  #isShown = true;
  /** @type {unknown} */
  #timer = null;

  /**
   * @param {object} uses
   * @param {string} uses.path the client's address
   * @param {Api} uses.api
   * @param {Clock} uses.clock
   * @param {Outbox} uses.outbox
   * @param {() => boolean} uses.isOnline what the browser thinks of the network
   * @param {() => void} uses.signIn leaves the page to sign in
   */
  constructor({ path, api, clock, outbox, isOnline, signIn }) {
    this.path = path;
    this.api = api;
    this.clock = clock;
    this.outbox = outbox;
    this.isOnline = isOnline;
    this.signIn = signIn;
    this.#takeUpOrphans();
  }

  /** A studio, open or not. @param {string} id */
  of(id) {
    let studio = this.#studios.get(id);
    if (!studio) {
      studio = new OpenStudio({
        id,
        path: `${this.path}/scene-studio/${id}`,
        api: this.api,
        clock: this.clock,
        keep: (kept) => this.outbox.keep(id, kept) || this.trouble(NO_ROOM),
        trouble: (words, ...more) => this.trouble(this.#about(id, words), ...more),
        signIn: this.signIn,
      });
      this.#studios.set(id, studio);
    }
    return studio;
  }

  /** A studio that was read at least once. @param {string} id */
  async ready(id) {
    const studio = this.of(id);
    if (!studio.copy.read) await studio.reading.read();
    return studio;
  }

  /** The studio that is open. */
  get open() {
    if (!this.current.value) throw new Error('No studio is open.');
    return this.current.value;
  }

  /**
   * Edit a studio. That the service refuses what was typed is told by `errors`, so nobody has to wait for that.
   *
   * @param {string} id
   * @param {(owned: Owned) => Owned} change pure
   * @returns {Promise<void>} ends when it is saved
   */
  edit(id, change) {
    const studio = this.of(id);
    if (studio.copy.read) return studio.edit(change);
    const saved = this.ready(id).then(() => studio.edit(change));
    saved.catch((error) => studio.copy.read || this.trouble(error.message));
    return saved;
  }

  /**
   * What is under way already under this name, so that a double click does a thing once.
   *
   * @template T
   * @param {string} name
   * @param {() => Promise<T>} run
   * @returns {Promise<T>}
   */
  once(name, run) {
    const known = this.#underWay.get(name);
    if (known) return /** @type {Promise<T>} */ (known);
    const running = run().finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, running);
    return running;
  }

  /** Open a studio, and save the one that was open. @param {string} id */
  async openStudio(id) {
    const before = this.#openId.peek();
    const studio = this.of(id);
    this.#openId.value = id;
    if (before !== null && before !== id) void this.#leave(before);
    this.#takeUpOrphans();
    await studio.open();
    if (this.#openId.peek() !== id || studio.opening.peek().state === 'missing') return;
    studio.generation.watch(this.#isShown);
    this.#lookOften();
  }

  /** Close the studio that is open. @returns {Promise<void>} ends when it is saved */
  async closeStudio() {
    const before = this.#openId.peek();
    this.#openId.value = null;
    this.clock.clearTimeout(this.#timer);
    if (before !== null) await this.#leave(before);
  }

  /** Save all that is unsaved now. @returns {Promise<void>} */
  async flush() {
    await Promise.all([...this.#studios.values()].map((studio) => studio.saving.flush()));
  }

  /** Forget what is unsaved in the open studio. */
  discardUnsaved() {
    this.open.saving.discard();
  }

  /**
   * The page is hidden or goes: what is unsaved is sent now. Where there is no network it stays kept: a save that
   * was tried would have to be waited for as one that may have landed.
   */
  pageHidden() {
    this.#isShown = false;
    this.clock.clearTimeout(this.#timer);
    for (const { generation, copy, saving } of this.#studios.values()) {
      generation.watch(false);
      if (copy.isUnsaved && this.isOnline()) void saving.flush({ isLeaving: true });
    }
  }

  /** The page is shown again: others may have changed what it shows. */
  pageShown() {
    this.#isShown = true;
    for (const { saving } of this.#studios.values()) saving.shown();
    this.current.peek()?.generation.watch(true);
    this.#lookOften();
  }

  wentOffline() {
    for (const { reading } of this.#studios.values()) reading.lost();
  }

  /** What kept edits from being saved may be over: there is a network again, or somebody signed in. */
  wake() {
    for (const { saving } of this.#studios.values()) saving.wake();
  }

  /** The page is gone. */
  close() {
    this.clock.clearTimeout(this.#timer);
    for (const studio of this.#studios.values()) studio.close();
    this.outbox.close();
  }

  /**
   * Tell that something went wrong. The same is told once.
   *
   * @type {(words: string, retry?: () => void, retryWords?: string) => void}
   */
  trouble = (words, retry, retryWords) => {
    const id = this.api.newKey();
    const again = () => {
      this.dismissError({ id });
      retry?.();
    };
    const others = this.errors.peek().filter((one) => one.words !== words);
    this.errors.value = [...others, { id, words, retryWords, retry: retry && again }];
  };

  /** @param {Pick<Trouble, 'id'>} error */
  dismissError({ id }) {
    this.errors.value = this.errors.peek().filter((one) => one.id !== id);
  }

  /** Let go of a studio that is not open any more, once all of it is saved. @param {string} id */
  async #leave(id) {
    const studio = this.of(id);
    studio.generation.watch(false);
    await studio.settled().catch(() => {}); // that it was refused is told
    if (this.#openId.peek() === id || studio.copy.isUnsaved || studio.conflicts.peek().length) return;
    studio.close();
    this.#studios.delete(id);
  }

  /** Words about a studio, with its name if it is not the one that is open. @param {string} id @param {string} words */
  #about(id, words) {
    return id === this.#openId.peek() ? words : `${this.of(id).copy.read?.document.name ?? id}: ${words}`;
  }

  #takeUpOrphans() {
    this.outbox.takeUpOrphans(async (id, kept) => {
      await this.of(id).resume(kept);
      if (this.#openId.peek() !== id) void this.#leave(id);
    });
  }

  #lookOften() {
    this.clock.clearTimeout(this.#timer);
    if (!this.#isShown || !this.current.peek()) return;
    this.#timer = this.clock.setTimeout(() => {
      this.#lookOften();
      this.current.peek()?.reading.look();
    }, LOOK_MILLISECONDS);
  }
}
