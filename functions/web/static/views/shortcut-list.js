/** What the keys do. */

import { Dialog } from './dialog.js';
import { html } from './html.js';
import { SHORTCUTS } from './shortcuts.js';

/** @param {{ close: () => void }} properties */
export default function ShortcutList({ close }) {
  return html`<${Dialog} title="Keyboard shortcuts" close=${close}>
    <table>
      <tbody>
        ${SHORTCUTS.map(({ keys, words }) => html`<tr key=${keys}>
          <th scope="row"><kbd>${keys}</kbd></th><td>${words}</td>
        </tr>`)}
      </tbody>
    </table>
  </${Dialog}>`;
}
