/** The library: products to place, and scenes to place them in. */

import { useState } from 'preact/hooks';
import { html } from './html.js';
import { lazy } from './lazy.js';
import { Products } from './products.js';

const Scenes = lazy(() => import('./scenes.js'));

const TABS = { products: 'Products', scenes: 'Scenes' };

export function Library() {
  const [tab, setTab] = useState(/** @type {keyof typeof TABS} */ ('products'));
  return html`<aside class="pane library" aria-label="Library">
    <${Tabs} label="Library" tabs=${TABS} chosen=${tab} choose=${setTab} />
    <div class="scroll" role="tabpanel" id=${`panel-${tab}`} aria-labelledby=${`tab-${tab}`} tabindex="-1">
      ${tab === 'products' ? html`<${Products} />` : html`<${Scenes} />`}
    </div>
  </aside>`;
}

/**
 * A row of tabs, of which the arrow keys choose one.
 *
 * @param {{ label: string, tabs: Record<string, any>, chosen: string, choose: (name: any) => void }} properties
 */
export function Tabs({ label, tabs, chosen, choose }) {
  const names = Object.keys(tabs);
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = /** @type {string} */ (names.at((names.indexOf(chosen) + step) % names.length));
    choose(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return html`<div class="tabs" role="tablist" aria-label=${label} onKeyDown=${onKeyDown}>
    ${names.map(
      (name) => html`<button type="button" role="tab" key=${name} id=${`tab-${name}`} aria-selected=${name === chosen}
        aria-controls=${name === chosen ? `panel-${name}` : undefined} tabindex=${name === chosen ? 0 : -1}
        onClick=${() => choose(name)}>${tabs[name]}</button>`,
    )}
  </div>`;
}
