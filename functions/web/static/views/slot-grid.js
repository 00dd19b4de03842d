/**
 * The slots of a studio, and what is done with all of them.
 *
 * @import { DeletedSlot, Product, Slot } from '../../types.d.ts'
 */

import { useMemo, useRef } from 'preact/hooks';
import { Empty, Menu } from './controls.js';
import { useDrop } from './dragging.js';
import { ExecuteAll } from './execute.js';
import { html } from './html.js';
import { Icon } from './icons.js';
import { usePage } from './page-state.js';
import { SlotCard } from './slot-card.js';
import { ago, counted } from './words.js';

export function SlotGrid() {
  const page = usePage();
  const studio = page.data.studio.value;
  const grid = useRef(/** @type {HTMLElement | null} */ (null));
  const drop = useDrop({ product: (id) => page.actions.addSlot([id]) });
  const slots = studio?.outputSlots ?? [];
  const products = page.data.client.value?.products ?? [];
  const first = slots.some((slot) => slot.id === page.selected.value) ? page.selected.value : slots[0]?.id;
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => moveFocus(event, grid.current);

  return html`<main class="pane slots-pane" id="slots" ...${drop}>
    <div class="slots-head">
      <h2 class="grow">${counted(slots.length, 'slot')}</h2>
      <${Deleted} slots=${studio?.deletedSlots ?? []} />
      <${ExecuteAll} slots=${slots} />
    </div>
    <div class="scroll">
      ${slots.length === 0 &&
      html`<${Empty} icon="image" title="Nothing here yet">
        Drag a product here, or press one in the library, and execute it: its pictures appear in a slot.
      </${Empty}>`}
      <ul class="slots" ref=${grid} onKeyDown=${onKeyDown}>
        ${slots.map(
          (slot, at) => html`<${Kept} key=${slot.id} slot=${slot} number=${at + 1} products=${products}
            selected=${slot.id === page.selected.value} reachable=${slot.id === first} />`,
        )}
        <li class="new-slot-place">
          <button type="button" class="new-slot" onClick=${() => page.actions.addSlot([])}>
            <${Icon} name="add" />New slot
          </button>
        </li>
      </ul>
    </div>
  </main>`;
}

/**
 * Slots that were deleted can be brought back for as long as they are kept.
 *
 * @param {{ slots: DeletedSlot[] }} properties
 */
function Deleted({ slots }) {
  const page = usePage();
  if (!slots.length) return null;
  const newest = [...slots].sort((one, other) => other.deletedAt.localeCompare(one.deletedAt));
  const items = newest.map((slot) => ({
    label: `Restore the slot deleted ${ago(slot.deletedAt)}`,
    icon: 'undo',
    run: () => page.actions.bringSlotBack(slot.id),
  }));
  const button = html`<${Icon} name="trash" /><span class="small">${slots.length}</span>`;
  return html`<${Menu} label="Deleted slots" items=${items} button=${button} />`;
}

/**
 * A card that is drawn anew only when something about its own slot has changed.
 *
 * @param {{ slot: Slot, number: number, products: Product[], selected: boolean, reachable: boolean }} properties
 */
function Kept({ slot, number, products, selected, reachable }) {
  return useMemo(
    () => html`<${SlotCard} slot=${slot} number=${number} products=${products} selected=${selected}
      reachable=${reachable} />`,
    [slot, number, products, selected, reachable],
  );
}

/** The arrow keys go from card to card, by rows and columns as they lie in the window. */
function moveFocus(/** @type {KeyboardEvent} */ event, /** @type {HTMLElement | null} */ grid) {
  if (!grid || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const stages = /** @type {HTMLElement[]} */ ([...grid.querySelectorAll('.stage')]);
  const at = stages.indexOf(/** @type {HTMLElement} */ (event.target));
  if (at < 0) return;
  const columns = getComputedStyle(grid).gridTemplateColumns.split(' ').length;
  const to = {
    ArrowRight: at + 1,
    ArrowLeft: at - 1,
    ArrowDown: at + columns,
    ArrowUp: at - columns,
    Home: 0,
    End: stages.length - 1,
  }[event.key];
  if (to === undefined || !stages[to]) return;
  event.preventDefault();
  stages[to].focus();
  stages[to].scrollIntoView({ block: 'nearest' });
}
