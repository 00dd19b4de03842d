/** What is open, chosen and said on a page: of this window alone, and never saved. */

import { signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

/**
 * @typedef {object} Toast
 * @property {number} id
 * @property {string} text
 * @property {string} [action] what its button says
 * @property {() => void} [run] what its button does
 */

const SECONDS = 1000;
const SHOWN_AT_ONCE = 3;

/**
 * The state of a page.
 *
 * @param {import('../data-context.js').DataContext} data
 * @param {string} clientId
 * @param {{ signOut(): unknown }} session
 */
export function createPageState(data, clientId, session) {
  const toasts = signal(/** @type {Toast[]} */ ([]));
  const dialog = signal(/** @type {{ name: string, properties: Record<string, any> } | null} */ (null));
  let lastToast = 0;
  const page = {
    data,
    clientId,
    session,
    /** What people can do; set once the page is there. */
    actions: /** @type {ReturnType<typeof import('./actions.js').createActions>} */ (/** @type {unknown} */ (null)),
    /** The id of the studio in the address. */
    studioId: signal(/** @type {string | null} */ (null)),
    /** The id of the slot whose settings are shown. */
    selected: signal(/** @type {string | null} */ (null)),
    /** Which of the three panes a narrow window shows. */
    pane: signal(/** @type {'library' | 'slots' | 'slot'} */ ('slots')),
    /** The old version that is looked at in place of the studio. */
    lookedAt: signal(/** @type {{ version: any, studio: any } | null} */ (null)),
    dialog,
    toasts,
    /** @param {string} name @param {Record<string, any>} properties */
    open(name, properties = {}) {
      dialog.value = { name, properties };
    },
    close() {
      dialog.value = null;
    },
    /** @param {string} text @param {string} [action] @param {() => void} [run] */
    say(text, action, run) {
      lastToast += 1;
      const toast = { id: lastToast, text, action, run };
      toasts.value = [...toasts.value.slice(1 - SHOWN_AT_ONCE), toast];
      setTimeout(() => page.unsay(toast.id), (action ? 12 : 5) * SECONDS);
    },
    /** @param {number} id */
    unsay(id) {
      toasts.value = toasts.value.filter((one) => one.id !== id);
    },
  };
  return page;
}

/** @typedef {ReturnType<typeof createPageState>} PageState */

export const PageContext = createContext(/** @type {PageState} */ (/** @type {unknown} */ (null)));

/** The state of the page that a component stands in. */
export const usePage = () => useContext(PageContext);
