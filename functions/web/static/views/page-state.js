/**
 * What is open, chosen and said on a page: of this window alone, and never saved.
 *
 * @import { Signal } from '@preact/signals'
 * @import { Studio } from '../../types.d.ts'
 * @import { DataContext } from '../data-context.js'
 * @import { Actions } from './actions.js'
 */

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

/**
 * The state of a page.
 *
 * @typedef {object} PageState
 * @property {DataContext} data
 * @property {string} clientId
 * @property {{ signOut(): unknown }} session
 * @property {Actions} actions what people can do
 * @property {Signal<string | null>} studioId the studio in the address; null on pages of no studio
 * @property {Signal<string | null>} selected the slot whose settings are shown
 * @property {Signal<'library' | 'slots' | 'slot'>} pane which of the three panes a narrow window shows
 * @property {Signal<{ version: Version, studio: Studio } | null>} lookedAt the old version that is looked at
 * @property {Signal<{ name: string, properties: Record<string, any> } | null>} dialog the one that is open
 * @property {Signal<Toast[]>} toasts
 * @property {(name: string, properties?: Record<string, any>) => void} open opens a dialog
 * @property {() => void} close closes it
 * @property {(text: string, action?: string, run?: () => void) => void} say says something in passing
 * @property {(text: string) => () => void} keepSaying says it until the function that it returns is called
 * @property {(id: number) => void} unsay
 */

/** @typedef {{ version: string, savedAt: string }} Version */

const SECONDS = 1000;
const SHOWN_AT_ONCE = 3;

/**
 * @param {DataContext} data
 * @param {string} clientId
 * @param {{ signOut(): unknown }} session
 * @returns {PageState}
 */
export function createPageState(data, clientId, session) {
  let lastToast = 0;
  /** @param {Omit<Toast, 'id'>} said */
  function put(said) {
    lastToast += 1;
    page.toasts.value = [...page.toasts.value.slice(1 - SHOWN_AT_ONCE), { id: lastToast, ...said }];
    return lastToast;
  }
  /** @type {PageState} */
  const page = {
    data,
    clientId,
    session,
    actions: /** @type {Actions} */ (/** @type {unknown} */ (null)), // set once there is a page for them
    studioId: signal(null),
    selected: signal(null),
    pane: signal('slots'),
    lookedAt: signal(null),
    dialog: signal(null),
    toasts: signal([]),
    open(name, properties = {}) {
      page.dialog.value = { name, properties };
    },
    close() {
      page.dialog.value = null;
    },
    say(text, action, run) {
      const id = put({ text, action, run });
      setTimeout(() => page.unsay(id), (action ? 12 : 5) * SECONDS);
    },
    keepSaying(text) {
      const id = put({ text });
      return () => page.unsay(id);
    },
    unsay(id) {
      page.toasts.value = page.toasts.value.filter((one) => one.id !== id);
    },
  };
  return page;
}

export const PageContext = createContext(/** @type {PageState} */ (/** @type {unknown} */ (null)));

/** The state of the page that a component stands in. */
export const usePage = () => useContext(PageContext);
