/**
 * Unsaved edits, kept where they survive a closed tab, until they are known to be saved.
 *
 * Each tab keeps its own under its own name, and holds a lock of that name for as long as it lives. So what a tab
 * left behind is taken up by exactly one other: the one that gets its lock.
 *
 * @import { Kept, KeyValueStorage, Locks } from '../types.d.ts'
 */

const PREFIX = 'scene-studio/unsaved';

export class Outbox {
  #storage;
  #locks;
  #clientId;
  #tab;
  #closed = new AbortController();
  /** @type {Set<string>} */
  #waitedFor = new Set();

  /**
   * @param {object} uses
   * @param {KeyValueStorage} uses.storage
   * @param {Locks | null} uses.locks null where there are none: then what others left is taken up at once
   * @param {string} uses.clientId
   * @param {string} uses.tab a name that no other tab has
   */
  constructor({ storage, locks, clientId, tab }) {
    this.#storage = storage;
    this.#locks = locks;
    this.#clientId = clientId;
    this.#tab = tab;
    this.#hold(tab, () => new Promise((resolve) => this.#closed.signal.addEventListener('abort', resolve)));
  }

  /**
   * Keep the unsaved edits of a studio, and its conflicts, or forget them.
   *
   * @param {string} studioId
   * @param {Kept | null} kept null if there are none any more
   * @returns {boolean} whether they are safe; storage may be full or forbidden
   */
  keep(studioId, kept) {
    const name = this.#name(studioId, this.#tab);
    try {
      if (kept) this.#storage.setItem(name, JSON.stringify(kept));
      else this.#storage.removeItem(name);
      return true;
    } catch {
      return kept === null;
    }
  }

  /**
   * Take up what tabs of this client left behind: those that are gone, and those that go while this one lives.
   *
   * @param {(studioId: string, kept: Kept) => Promise<void>} takeUp ends once the edits are kept here
   */
  takeUpOrphans(takeUp) {
    for (const tab of this.#otherTabs()) {
      if (this.#waitedFor.has(tab)) continue;
      this.#waitedFor.add(tab);
      this.#hold(tab, async () => {
        for (const { studioId, name } of this.#entries().filter((one) => one.tab === tab)) {
          const kept = this.#read(name);
          if (kept) await takeUp(studioId, kept);
          if (this.#closed.signal.aborted) return;
          this.#storage.removeItem(name);
        }
        this.#waitedFor.delete(tab);
      });
    }
  }

  /** This tab closes; another may take up what is left. */
  close() {
    this.#closed.abort();
  }

  /**
   * @param {string} tab
   * @param {() => Promise<unknown>} held
   */
  #hold(tab, held) {
    const { signal } = this.#closed;
    const lock = this.#locks?.request(`scene-studio/tab/${tab}`, tab === this.#tab ? {} : { signal }, held);
    // Waiting ends by an error when this tab closes.
    (lock ?? (tab === this.#tab ? Promise.resolve() : held())).catch(() => {});
  }

  #otherTabs() {
    return new Set(this.#entries().flatMap(({ tab }) => (tab === this.#tab ? [] : [tab])));
  }

  /** @returns {{ name: string, studioId: string, tab: string }[]} */
  #entries() {
    const names = Array.from({ length: this.#storage.length }, (_, at) => this.#storage.key(at) ?? '');
    return names
      .map((name) => ({ name, parts: name.slice(PREFIX.length + 1).split('/') }))
      .filter(({ name, parts }) => name.startsWith(`${PREFIX}/`) && parts[0] === this.#clientId)
      .map(({ name, parts }) => ({ name, studioId: parts[1], tab: parts[2] }));
  }

  /** @param {string} name @returns {Kept | null} */
  #read(name) {
    try {
      return JSON.parse(this.#storage.getItem(name) ?? 'null');
    } catch {
      return null;
    }
  }

  /**
   * @param {string} studioId
   * @param {string} tab
   */
  #name(studioId, tab) {
    return [PREFIX, this.#clientId, studioId, tab].join('/');
  }
}
