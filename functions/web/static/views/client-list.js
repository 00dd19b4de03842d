/**
 * The clients that one may see.
 *
 * @import { Signal } from '@preact/signals'
 */

import { studiosAddress } from './addresses.js';
import { Empty } from './controls.js';
import { html } from './html.js';
import { Logo } from './icons.js';

/**
 * @param {{ clients: Signal<{ id: string, name: string }[] | null>, trouble: Signal<string | null>,
 *   read: () => unknown }} properties
 */
export function ClientList({ clients, trouble, read }) {
  return html`
    <header class="top"><span class="brand"><${Logo} /></span><span>Scene Studio</span></header>
    <main class="page" aria-busy=${!clients.value && !trouble.value}>
      <h1 class="page-head">Clients</h1>
      ${trouble.value &&
      html`<${Empty} icon="alert" title="The clients could not be read">
        ${trouble.value} <button type="button" class="link" onClick=${read}>Try again</button>
      </${Empty}>`}
      ${clients.value?.length === 0 && html`<${Empty} icon="user" title="No clients yet" />`}
      <ul class="covers">
        ${(clients.value ?? []).map((client) => html`<li class="cover" key=${client.id}>
          <div class="cover-text"><p class="ellipsis"><a href=${studiosAddress(client.id)}>${client.name}</a></p></div>
        </li>`)}
      </ul>
    </main>`;
}
