/**
 * What a browser gives a data context, and what it has to be told of the page.
 *
 * @import { KeyValueStorage, Locks } from '../types.d.ts'
 * @import { DataContext } from './data-context.js'
 */

import { sendForm } from './uploads.js';

/** Everything that `createDataContext` takes but for the client and the session. */
export function browserEnvironment() {
  return {
    fetch: globalThis.fetch.bind(globalThis),
    storage: storage(),
    locks: /** @type {Locks | null} */ (navigator.locks ?? null),
    clock: {
      now: () => Date.now(),
      setTimeout: (/** @type {() => void} */ call, /** @type {number} */ after) => setTimeout(call, after),
      clearTimeout: (/** @type {any} */ timer) => clearTimeout(timer),
    },
    newKey: () => crypto.randomUUID(),
    isOnline: () => navigator.onLine,
    sendForm,
  };
}

/**
 * Tell a data context what becomes of the page.
 *
 * @param {DataContext} data
 */
export function watchPage(data) {
  addEventListener('online', () => data.wentOnline());
  addEventListener('offline', () => data.wentOffline());
  addEventListener('pagehide', () => data.pageHidden());
  addEventListener('pageshow', (event) => event.persisted && data.pageShown());
  document.addEventListener('visibilitychange', () =>
    document.visibilityState === 'hidden' ? data.pageHidden() : data.pageShown(),
  );
}

/** @returns {KeyValueStorage} that of the browser; where it is forbidden, one that ends with the page */
function storage() {
  try {
    localStorage.getItem('');
    return localStorage;
  } catch {
    return new MemoryStorage();
  }
}

/** @implements {KeyValueStorage} */
class MemoryStorage {
  /** @type {Map<string, string>} */
  #items = new Map();

  get length() {
    return this.#items.size;
  }

  /** @param {number} index */
  key(index) {
    return [...this.#items.keys()][index] ?? null;
  }

  /** @param {string} key */
  getItem(key) {
    return this.#items.get(key) ?? null;
  }

  /** @param {string} key @param {string} value */
  setItem(key, value) {
    this.#items.set(key, value);
  }

  /** @param {string} key */
  removeItem(key) {
    this.#items.delete(key);
  }
}
