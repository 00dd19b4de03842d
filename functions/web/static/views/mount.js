/** Where the page stands in the document. */

import { render } from 'preact';

/** @param {any} shown */
export function show(shown) {
  render(shown, /** @type {HTMLElement} */ (document.getElementById('page')));
}
