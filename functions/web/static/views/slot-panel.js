/**
 * The slot that is chosen: what is in it, its settings, its revisions, and Execute.
 *
 * @import { Slot } from '../../types.d.ts'
 */

import { useState } from 'preact/hooks';
import { Empty, IconButton } from './controls.js';
import { useDrop } from './dragging.js';
import { ExecuteSlot } from './execute.js';
import { html } from './html.js';
import { Tabs } from './library.js';
import { usePage } from './page-state.js';
import { Picture } from './picture.js';
import { Revisions } from './revisions.js';
import { SettingsForm } from './settings-form.js';

export default function SlotPanel() {
  const page = usePage();
  const slots = page.data.studio.value?.outputSlots ?? [];
  const at = slots.findIndex((slot) => slot.id === page.selected.value);
  if (at < 0) {
    return html`<aside class="pane slot-pane" aria-label="Settings">
      <${Empty} icon="sliders" title="No slot chosen">Choose one to see its settings and its revisions.</${Empty}>
    </aside>`;
  }
  return html`<${Panel} key=${slots[at].id} slot=${slots[at]} number=${at + 1} />`;
}

/** @param {{ slot: Slot, number: number }} properties */
function Panel({ slot, number }) {
  const [tab, setTab] = useState('settings');
  const tabs = {
    settings: `Slot ${number}`,
    revisions: html`Revisions <span class="count">${slot.historyCount}</span>`,
  };
  return html`<aside class="pane slot-pane" aria-label=${`Slot ${number}`}>
    <${Tabs} label=${`Slot ${number}`} tabs=${tabs} chosen=${tab} choose=${setTab} />
    <div class="scroll" role="tabpanel" id=${`panel-${tab}`} aria-labelledby=${`tab-${tab}`} tabindex="-1">
      ${tab === 'settings'
        ? html`<${ProductsInSlot} slot=${slot} /><${SettingsForm} slot=${slot} />`
        : html`<${Revisions} slot=${slot} />`}
    </div>
    <${ExecuteSlot} slot=${slot} />
  </aside>`;
}

/** @param {{ slot: Slot }} properties */
function ProductsInSlot({ slot }) {
  const page = usePage();
  const library = page.data.client.value?.products ?? [];
  const others = library.filter((product) => !slot.productIds.includes(product.id));
  const drop = useDrop({ product: (id) => page.actions.placeProduct(id, slot.id) });
  const onChange = (/** @type {any} */ event) => {
    page.actions.placeProduct(event.target.value, slot.id);
    event.target.value = '';
  };
  return html`<section class="section" aria-label="Products in this slot" ...${drop}>
    <ul class="products-in-slot">
      ${slot.productIds.map((id) => {
        const product = library.find((one) => one.id === id);
        const name = product?.name ?? 'Deleted product';
        return html`<li key=${id}>
          <span class="mini"><${Picture} address=${product?.imageUrl} alt="" size="thumb" /></span>
          <span class="grow ellipsis" title=${name}>${name}</span>
          <${IconButton} icon="close" label=${`Remove ${name}`}
            onClick=${() => page.actions.removeFromSlot(slot, id)} />
        </li>`;
      })}
    </ul>
    <select aria-label="Add a product to this slot" disabled=${!others.length} onChange=${onChange}>
      <option value="">${slot.productIds.length ? 'Add another product…' : 'Add a product…'}</option>
      ${others.map((product) => html`<option key=${product.id} value=${product.id}>${product.name}</option>`)}
    </select>
  </section>`;
}
