/**
 * The products of the library: drag one into a slot, or press it to put it into the slot that is chosen.
 *
 * @import { FieldEvent, Product as ProductShape } from '../../types.d.ts'
 */

import { useState } from 'preact/hooks';
import { Empty, IconButton, Menu, NameEditor } from './controls.js';
import { dragged, useDrop } from './dragging.js';
import { html } from './html.js';
import { Icon } from './icons.js';
import { usePage } from './page-state.js';
import { Picture } from './picture.js';
import { Uploads } from './uploads.js';

/** More than this are worth a search field. */
const MANY = 8;

export function Products() {
  const page = usePage();
  const [sought, setSought] = useState('');
  const all = page.data.client.value?.products ?? [];
  const words = sought.trim().toLowerCase();
  const shown = words ? all.filter((one) => one.name.toLowerCase().includes(words)) : all;
  const add = () => page.open('new-product');
  const drop = useDrop({ files: (files) => page.actions.addProducts(files) });
  return html`<div ...${drop}>
    <div class="tools">
      ${all.length > MANY &&
      html`<input type="search" id="find-product" class="grow" placeholder="Find a product" aria-label="Find a product"
        value=${sought} onInput=${(/** @type {FieldEvent} */ event) => setSought(event.currentTarget.value)} />`}
      ${all.length > MANY
        ? html`<${IconButton} icon="add" label="New product" onClick=${add} />`
        : html`<button type="button" class="button" onClick=${add}><${Icon} name="add" />New product</button>`}
    </div>
    ${all.length === 0 &&
    html`<${Empty} icon="image" title="No products yet">Add one, or drop its picture here.</${Empty}>`}
    ${all.length > 0 && shown.length === 0 && html`<${Empty} icon="search" title="No product of that name" />`}
    <${Uploads} kind="product" />
    <ul class="things">${shown.map((product) => html`<${Product} key=${product.id} product=${product} />`)}</ul>
  </div>`;
}

/** @param {{ product: ProductShape }} properties */
function Product({ product }) {
  const page = usePage();
  const [renaming, setRenaming] = useState(false);
  const slot = page.data.studio.value?.outputSlots.find((one) => one.id === page.selected.value);
  const chosen = Boolean(slot?.productIds.includes(product.id));
  const place = () => page.actions.placeProduct(product.id);
  const items = [
    { label: slot ? 'Add to this slot' : 'Add to a new slot', icon: 'add', run: place, disabled: chosen },
    { label: 'New slot with it', icon: 'add', run: () => page.actions.addSlot([product.id]) },
    { label: 'Pictures…', icon: 'image', run: () => page.open('product', { productId: product.id }) },
    { label: 'Rename', icon: 'edit', run: () => setRenaming(true) },
    { label: 'Delete', icon: 'trash', danger: true, run: () => page.actions.removeProduct(product) },
  ];
  const picture = product.pictures?.find((one) => one.id === product.imageId);
  return html`<li class="thing" data-chosen=${chosen}>
    <button type="button" class="thing-face" ...${dragged('product', product.id)} onClick=${place}
      aria-label=${slot ? `Add ${product.name} to this slot` : `Add ${product.name} to a new slot`}
      title=${product.name}>
      <span class="thing-picture">
        <${Picture} address=${picture?.thumbnailUrl ?? product.imageUrl} alt="" size="thumb" />
      </span>
      ${!renaming && html`<span class="thing-name">${product.name}</span>`}
    </button>
    ${renaming &&
    html`<${NameEditor} name=${product.name} label="Name of the product" editing=${true}
      save=${(/** @type {string} */ name) => page.actions.renameProduct(product.id, name)} done=${() => setRenaming(false)} />`}
    <${Menu} label=${`More about ${product.name}`} items=${items} />
  </li>`;
}
