/** Templates: HTML in JavaScript, without a build step; and where the page stands in the document. */

import htm from 'htm';
import { h, render } from 'preact';

export const html = htm.bind(h);

/** @param {any} shown */
export function show(shown) {
  render(shown, /** @type {HTMLElement} */ (document.getElementById('page')));
}
