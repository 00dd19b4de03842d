/** The mark of Scene Studio. */

import { html } from './html.js';

export function Logo() {
  return html`<svg viewBox="0 0 32 32" class="logo" aria-hidden="true">
    <rect width="32" height="32" rx="7" />
    <path d="M7 22h18M9 22v-9l7-5 7 5v9M16 22v-6" />
  </svg>`;
}
