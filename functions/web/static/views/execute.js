/**
 * Execute: for one slot or for all, how many pictures of each, and what they will cost.
 *
 * @import { Slot } from '../../types.d.ts'
 */

import { useEffect, useState } from 'preact/hooks';
import { IconButton } from './controls.js';
import { html } from './html.js';
import { Icon } from './icons.js';
import { usePage } from './page-state.js';
import { counted, price, seconds } from './words.js';

const MOST = 8;

/** @param {{ count: number, change: (count: number) => void, label: string }} properties */
export function Stepper({ count, change, label }) {
  return html`<span class="stepper" role="group" aria-label=${label}>
    <${IconButton} icon="minus" label="Fewer" disabled=${count <= 1} onClick=${() => change(count - 1)} />
    <output class="numbers" aria-label=${label}>${count}</output>
    <${IconButton} icon="add" label="More" disabled=${count >= MOST} onClick=${() => change(count + 1)} />
  </span>`;
}

/**
 * What so many pictures of these slots cost, as far as that is known.
 *
 * @param {Slot[]} slots
 * @param {number} count
 */
export function useEstimate(slots, count) {
  const { data } = usePage();
  const [found, setFound] = useState(/** @type {any} */ (null));
  // The price depends on how many products are in each slot.
  const asked = slots.map((slot) => `${slot.id}:${slot.productIds.length}`).join();
  const studioId = data.studio.value?.id;
  useEffect(() => {
    if (!studioId || !slots.length) return setFound(null);
    let wanted = true;
    const timer = setTimeout(async () => {
      const estimate = await data.estimate(slots.map((slot) => slot.id), count).catch(() => null);
      if (wanted) setFound(estimate);
    }, 300);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [asked, count, studioId]);
  return slots.length ? found : null;
}

/** @param {any} estimate */
export function estimateWords(estimate) {
  if (!estimate) return '';
  const time = estimate.typicalMilliseconds ? `, about ${seconds(estimate.typicalMilliseconds)} each` : '';
  const left = estimate.leftMicros === undefined ? '' : `; ${price(estimate.leftMicros)} left this month`;
  return `${counted(estimate.pictures, 'picture')}, ${price(estimate.priceMicros)}${time}${left}`;
}

/** @param {{ slots: Slot[] }} properties */
export function ExecuteAll({ slots }) {
  const page = usePage();
  const [count, setCount] = useState(1);
  const filled = slots.filter((slot) => slot.productIds.length > 0);
  const estimate = useEstimate(filled, count);
  if (slots.length < 2) return null;
  const under = Object.values(page.data.progress.value).some((one) => one.state !== 'failed');
  return html`<span class="muted small execute-words" role="status">${estimateWords(estimate)}</span>
    ${under && html`<button type="button" class="button" onClick=${() => page.actions.cancelAll()}>Cancel all</button>`}
    <${Stepper} count=${count} change=${setCount} label="Pictures for each slot" />
    <button type="button" class="button" data-kind="main" disabled=${!filled.length}
      onClick=${() => page.actions.execute(filled.map((slot) => slot.id), count)}>
      <${Icon} name="play" />Execute all
    </button>`;
}

/** @param {{ slot: Slot }} properties */
export function ExecuteSlot({ slot }) {
  const page = usePage();
  const [count, setCount] = useState(1);
  const empty = slot.productIds.length === 0;
  const estimate = useEstimate(empty ? [] : [slot], count);
  return html`<div class="execute">
    <div class="row">
      <${Stepper} count=${count} change=${setCount} label="Pictures" />
      <button type="button" class="button grow" data-kind="main" disabled=${empty}
        onClick=${() => page.actions.execute([slot.id], count)}>
        <${Icon} name="play" />Execute
      </button>
    </div>
    <p class="tiny muted" role="status">${empty ? 'Put a product into this slot first.' : estimateWords(estimate)}</p>
  </div>`;
}
