/**
 * One slot: its picture, what is in it, and what is under way.
 *
 * @import { Product, Slot } from '../../types.d.ts'
 */

import { IconButton, Menu } from './controls.js';
import { dragged, useDrop } from './dragging.js';
import { html } from './html.js';
import { Icon } from './icons.js';
import { usePage } from './page-state.js';
import { Picture } from './picture.js';
import { Progress } from './progress.js';
import { counted, setting, slotTitle } from './words.js';

const SHOWN_PRODUCTS = 3;

/**
 * @param {{ slot: Slot, number: number, products: Product[], selected: boolean, reachable: boolean }} properties
 *   `reachable` says whether the Tab key stops here; from there the arrow keys lead to the other slots
 */
export function SlotCard({ slot, number, products, selected, reachable }) {
  const page = usePage();
  const actions = page.actions;
  const title = slotTitle(slot, products);
  const drop = useDrop({
    product: (id) => actions.placeProduct(id, slot.id),
    slot: (id) => actions.moveSlot(id, number - 1),
  });
  const shown = slot.history.find((one) => one.url === slot.outputImage);
  const favorite = Boolean(shown && slot.favorites.includes(shown.id));
  const select = () => {
    page.selected.value = slot.id;
  };
  const open = () => slot.historyCount > 0 && page.open('viewer', { slotId: slot.id });
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'Enter' && selected) {
      event.preventDefault();
      open();
    }
    if (event.altKey && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      event.preventDefault();
      actions.moveSlot(slot.id, number - 1 + (event.key === 'ArrowLeft' ? -1 : 1));
    }
    if (event.key === 'Delete') actions.removeSlot(slot.id, number);
  };
  const items = [
    { label: 'Open', icon: 'image', run: open, disabled: slot.historyCount === 0 },
    { label: 'Move earlier', icon: 'back', run: () => actions.moveSlot(slot.id, number - 2), disabled: number === 1 },
    { label: 'Move later', icon: 'forward', run: () => actions.moveSlot(slot.id, number) },
    { label: 'New slot like this', icon: 'copy', run: () => actions.addSlot(slot.productIds, slot.settings) },
    { label: 'Delete', icon: 'trash', danger: true, run: () => actions.removeSlot(slot.id, number) },
  ];
  return html`<li class="slot" data-selected=${selected} ...${drop}>
    <div class="stage-box">
    <button type="button" class="stage" id=${`slot-${slot.id}`} aria-pressed=${selected} tabindex=${reachable ? 0 : -1}
      aria-label=${`Slot ${number}: ${title}`} ...${dragged('slot', slot.id)} onClick=${select} onFocus=${select}
      onDblClick=${open} onKeyDown=${onKeyDown}>
      ${slot.outputImage
        ? html`<${Picture} address=${slot.outputImage} alt=${`The picture of slot ${number}`} />`
        : html`<span class="empty">
            <${Icon} name="image" />
            <span>${slot.productIds.length ? 'Ready to execute' : 'Drop a product here'}</span>
          </span>`}
      <span class="slot-number" aria-hidden="true">${number}</span>
    </button>
    <div class="slot-tools">
      ${shown &&
      html`<${IconButton} icon="star" filled=${favorite} label="Favourite" aria-pressed=${favorite}
        onClick=${() => actions.toggleFavorite(slot, shown.id)} />`}
      <${Menu} label=${`More about slot ${number}`} items=${items} />
    </div>
    <${Progress} slot=${slot} />
    </div>
    <div class="slot-text">
      <p class="slot-title ellipsis" title=${title}>${title}</p>
      <p class="muted small ellipsis">
        ${setting(slot.settings, 'style')} · ${slot.settings.scene?.name ?? setting(slot.settings, 'roomType')}
      </p>
    </div>
    <div class="slot-foot">
      <span class="row">
        <${InSlot} slot=${slot} products=${products} />
        ${slot.historyCount > 0 &&
        html`<button type="button" class="link tiny numbers" onClick=${open}>
          ${counted(slot.historyCount, 'revision')}
        </button>`}
      </span>
      <button type="button" class="button" disabled=${slot.productIds.length === 0}
        onClick=${() => actions.execute([slot.id])} aria-label=${`Execute slot ${number}`}>
        <${Icon} name="play" />Execute
      </button>
    </div>
  </li>`;
}

/**
 * The first products of a slot, small.
 *
 * @param {{ slot: Slot, products: Product[] }} properties
 */
function InSlot({ slot, products }) {
  const inside = slot.productIds.flatMap((id) => products.find((one) => one.id === id) ?? []);
  const more = inside.length - SHOWN_PRODUCTS;
  return html`<ul class="slot-products" aria-hidden="true">
    ${inside.slice(0, SHOWN_PRODUCTS).map(
      (product) => html`<li key=${product.id}><${Picture} address=${product.imageUrl} alt="" size="thumb" /></li>`,
    )}
    ${more > 0 && html`<li class="more">+${more}</li>`}
  </ul>`;
}
