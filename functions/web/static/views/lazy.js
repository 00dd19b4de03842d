/** Parts of the page that are loaded when they are first needed. */

import { useEffect, useState } from 'preact/hooks';
import { html } from './html.js';
import { usePage } from './page-state.js';

/** @type {(() => Promise<unknown>)[]} */
const parts = [];

/**
 * Load all parts. A tab has them then although its network goes, or the service has another release.
 *
 * @returns {Promise<unknown>} ends when all that can be loaded are there
 */
export const loadParts = () => Promise.allSettled(parts.map((load) => load()));

/**
 * A component that is loaded when it is first shown.
 *
 * @param {() => Promise<{ default: any }>} load
 * @param {any} [meanwhile] what stands in its place until then
 */
export function lazy(load, meanwhile = null) {
  /** @type {any} */
  let Loaded = null;
  parts.push(load);
  return function Lazy(/** @type {Record<string, any>} */ properties) {
    const page = usePage();
    const [, setIsLoaded] = useState(false);
    useEffect(() => {
      if (Loaded) return;
      load().then(
        (module) => {
          Loaded = module.default;
          setIsLoaded(true);
        },
        () => {
          page.close();
          page.say('This part of the page could not be loaded. Your work is kept.', 'Load again', () => location.reload());
        },
      );
    }, []);
    return Loaded ? html`<${Loaded} ...${properties} />` : meanwhile;
  };
}
