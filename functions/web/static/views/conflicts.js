/**
 * What others changed while one did: both sides of each field, and one click to take either.
 *
 * @import { Conflict as ConflictShape, Product, Slot } from '../../types.d.ts'
 */

import { useEffect } from 'preact/hooks';
import { Dialog } from './dialog.js';
import { html } from './html.js';
import { usePage } from './page-state.js';
import { Picture } from './picture.js';
import { label, slotTitle, text } from './words.js';

/** @param {{ close: () => void }} properties */
export default function Conflicts({ close }) {
  const page = usePage();
  const conflicts = page.data.conflicts.value;
  useEffect(() => {
    if (!conflicts.length) close();
  }, [conflicts.length]);
  const all = (/** @type {'mine' | 'theirs'} */ side) => conflicts.map((one) => page.data.resolveConflict(one, side));
  const actions =
    conflicts.length > 1 &&
    html`<button type="button" class="button" onClick=${() => all('theirs')}>Take all of theirs</button>
      <button type="button" class="button" data-kind="main" onClick=${() => all('mine')}>Keep all of mine</button>`;
  return html`<${Dialog} title="Changed by you and by somebody else" close=${close} actions=${actions}>
    <p class="muted">Your value stands until you choose. Nothing is lost: every version is in the history.</p>
    <ul class="list">${conflicts.map((conflict) => html`<${Conflict} key=${conflict.id} conflict=${conflict} />`)}</ul>
  </${Dialog}>`;
}

/** @param {{ conflict: ConflictShape }} properties */
function Conflict({ conflict }) {
  const page = usePage();
  const slots = page.data.studio.value?.outputSlots ?? [];
  const products = page.data.client.value?.products ?? [];
  const at = slots.findIndex((slot) => slot.id === conflict.slotId);
  const place = conflict.slotId === null ? 'Studio' : at < 0 ? 'A deleted slot' : `Slot ${at + 1}, ${slotTitle(slots[at], products)}`;
  const take = (/** @type {'mine' | 'theirs'} */ side) => page.data.resolveConflict(conflict, side);
  const before = shown(conflict, conflict.base, slots, products);
  return html`<li class="entry">
    <p><strong>${label(conflict.field)}</strong> <span class="muted">· ${place}</span></p>
    <div class="choice">
      <${Option} title="Mine" conflict=${conflict} value=${conflict.mine} take=${() => take('mine')} words="Keep mine" />
      <${Option} title="Theirs" conflict=${conflict} value=${conflict.theirs} take=${() => take('theirs')} words="Take theirs" />
    </div>
    ${typeof before === 'string' && html`<p class="tiny muted">Before: ${before}</p>`}
  </li>`;
}

/** @param {{ title: string, conflict: ConflictShape, value: any, take: () => void, words: string }} properties */
function Option({ title, conflict, value, take, words }) {
  const page = usePage();
  const slots = page.data.studio.value?.outputSlots ?? [];
  return html`<div class="option">
    <div>
      <p class="tiny muted">${title}</p>
      <div>${shown(conflict, value, slots, page.data.client.value?.products ?? [])}</div>
    </div>
    <button type="button" class="button" onClick=${take}>${words}</button>
  </div>`;
}

/**
 * A value of a conflict's field as people see it.
 *
 * @param {ConflictShape} conflict
 * @param {any} value
 * @param {Slot[]} slots
 * @param {Product[]} products
 */
function shown(conflict, value, slots, products) {
  if (conflict.field === 'outputImage' && value) return html`<${Picture} address=${value} alt="" size="thumb" />`;
  if (conflict.field === 'productIds') return slotTitle({ productIds: value ?? [] }, products);
  if (conflict.field === 'deleted') return value ? 'Deleted' : 'Kept';
  if (conflict.field === 'outputSlots') {
    const numbers = (value ?? []).map((/** @type {string} */ id) => slots.findIndex((slot) => slot.id === id) + 1).filter(Boolean);
    return `Slots ${numbers.join(', ')}`;
  }
  return text(value);
}
