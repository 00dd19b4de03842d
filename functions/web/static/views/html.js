/** Templates: HTML in JavaScript, without a build step; and where the page stands in the document. */

import htm from 'htm';
import { h, render } from 'preact';

export const html = htm.bind(h);

/** @param {any} shown what is shown in place of the bare page */
export function show(shown) {
  const place = /** @type {HTMLElement} */ (document.getElementById('page'));
  place.replaceChildren();
  render(shown, place);
}
