/**
 * One slot's pictures, large: step through the revisions, swap, compare, see how each was made.
 *
 * @import { FieldEvent, Revision, Slot as SlotShape } from '../../types.d.ts'
 */

import { useEffect, useRef, useState } from 'preact/hooks';
import { Comparison } from './comparison.js';
import { IconButton } from './controls.js';
import { Dialog } from './dialog.js';
import { useHistory } from './history.js';
import { html } from './html.js';
import { Icon } from './icons.js';
import { usePage } from './page-state.js';
import { Picture } from './picture.js';
import { Thumbnail } from './revisions.js';
import { differences, moment, price, seconds, setting, slotTitle, text } from './words.js';

const NEAR = 8;

/** @param {{ slotId: string, imageId?: string, comparing?: boolean, close: () => void }} properties */
export default function Viewer({ slotId, imageId, comparing: atOnce = false, close }) {
  const page = usePage();
  const slots = page.data.studio.value?.outputSlots ?? [];
  const slot = slots.find((one) => one.id === slotId);
  if (!slot) return null;
  return html`<${Slot} slot=${slot} number=${slots.indexOf(slot) + 1} first=${imageId} atOnce=${atOnce} close=${close} />`;
}

/** @param {{ slot: SlotShape, number: number, first?: string, atOnce: boolean, close: () => void }} properties */
function Slot({ slot, number, first, atOnce, close }) {
  const page = usePage();
  const { revisions, more } = useHistory(slot);
  const [chosen, setChosen] = useState(first ?? revisions.find((one) => one.url === slot.outputImage)?.id);
  const at = Math.max(0, revisions.findIndex((one) => one.id === chosen));
  const revision = revisions[at];
  const other = revisions[at + 1] ?? revisions[at - 1];
  const [comparedId, setComparedId] = useState(/** @type {string | null} */ (atOnce ? (other?.id ?? null) : null));
  const compared = revisions.find((one) => one.id === comparedId && one.id !== revision?.id);

  useEffect(() => {
    if (more && at >= revisions.length - NEAR) page.actions.tried(more);
  }, [at, revisions.length]);
  if (!revision) return null;
  const go = (/** @type {number} */ to) => {
    if (revisions[to]) setChosen(revisions[to].id);
  };
  const compare = () => setComparedId(compared ? null : (other?.id ?? null));
  /** @type {Record<string, () => unknown>} */
  const commands = {
    ArrowLeft: () => go(at - 1),
    ArrowRight: () => go(at + 1),
    Home: () => go(0),
    Enter: () => page.actions.showRevision(slot, revision),
    f: () => page.actions.toggleFavorite(slot, revision.id),
    d: () => page.actions.download(slot, revision),
    c: compare,
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const run = commands[event.key];
    if (!run || event.ctrlKey || event.metaKey || target.closest('input, textarea')) return;
    if (event.key === 'Enter' && target.closest('button, a, summary')) return;
    event.preventDefault();
    run();
  };
  const products = page.data.client.value?.products ?? [];
  return html`<${Dialog} title=${`Slot ${number}: ${slotTitle(slot, products)}`} kind="viewer" close=${close}
      onKeyDown=${onKeyDown}>
    <div class="viewer">
      <div class="viewer-picture">
        ${compared
          ? html`<${Comparison} one=${compared} other=${revision} />`
          : html`<${Picture} key=${revision.id} address=${revision.url} eager=${true}
              alt=${`Revision of ${moment(revision.timestamp)}: ${revision.productNames.join(', ')}`} />`}
        <${IconButton} icon="back" label="Newer" class="icon-button viewer-step" data-side="newer" disabled=${at === 0}
          onClick=${() => go(at - 1)} />
        <${IconButton} icon="forward" label="Older" class="icon-button viewer-step" data-side="older"
          disabled=${at === revisions.length - 1} onClick=${() => go(at + 1)} />
      </div>
      <${Filmstrip} slot=${slot} revisions=${revisions} chosen=${revision.id} choose=${setChosen} />
      <div class="facts">
        <${Doing} slot=${slot} revision=${revision} compared=${compared} compare=${compare} />
        ${compared && html`<${Choose} revisions=${revisions} revision=${revision} compared=${compared} choose=${setComparedId} />`}
        ${compared ? html`<${Differences} one=${compared} other=${revision} />` : html`<${Facts} slot=${slot} revision=${revision} />`}
      </div>
    </div>
  </${Dialog}>`;
}

/**
 * The thumbnails; only those near the chosen one are drawn, however long the history is.
 *
 * @param {{ slot: SlotShape, revisions: Revision[], chosen: string, choose: (id: string) => void }} properties
 */
function Filmstrip({ slot, revisions, chosen, choose }) {
  const strip = useRef(/** @type {HTMLElement | null} */ (null));
  const at = revisions.findIndex((one) => one.id === chosen);
  const from = Math.max(0, at - 30);
  useEffect(() => {
    strip.current?.querySelector('[data-shown="true"]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [chosen]);
  return html`<ul class="filmstrip" ref=${strip} aria-label="Revisions, the newest first">
    ${revisions.slice(from, at + 60).map((revision) => html`<${Thumbnail} key=${revision.id} slot=${slot}
      revision=${revision} shown=${revision.id === chosen} onClick=${() => choose(revision.id)} />`)}
  </ul>`;
}

/** @param {{ slot: SlotShape, revision: Revision, compared?: Revision, compare: () => void }} properties */
function Doing({ slot, revision, compared, compare }) {
  const { actions } = usePage();
  const shown = revision.url === slot.outputImage;
  const favorite = slot.favorites.includes(revision.id);
  return html`<section class="section" aria-label="Actions">
    <div class="row">
      <button type="button" class="button grow" data-kind=${shown ? undefined : 'main'} disabled=${shown}
        onClick=${() => actions.showRevision(slot, revision)}>
        <${Icon} name="check" />${shown ? 'This one is shown' : 'Show this one'}
      </button>
      <${IconButton} icon="star" filled=${favorite} label="Favourite (F)" aria-pressed=${favorite}
        onClick=${() => actions.toggleFavorite(slot, revision.id)} />
      <${IconButton} icon="download" label="Download the original (D)" onClick=${() => actions.download(slot, revision)} />
    </div>
    <div class="row">
      <button type="button" class="button grow" aria-pressed=${Boolean(compared)} disabled=${slot.historyCount < 2}
        onClick=${compare}><${Icon} name="compare" />Compare</button>
      <button type="button" class="button grow" onClick=${() => actions.takeSettings(slot, revision)}>
        <${Icon} name="sliders" />Use its settings
      </button>
    </div>
  </section>`;
}

/** @param {{ revisions: Revision[], revision: Revision, compared: Revision, choose: (id: string) => void }} properties */
function Choose({ revisions, revision, compared, choose }) {
  return html`<section class="section">
    <label class="field"><span class="label">Compare with</span>
      <select value=${compared.id} onChange=${(/** @type {FieldEvent} */ event) => choose(event.currentTarget.value)}>
        ${revisions.filter((one) => one.id !== revision.id).map((one) => html`<option key=${one.id} value=${one.id}>
          ${moment(one.timestamp)}, ${setting(one.settings, 'style')}
        </option>`)}
      </select>
    </label>
  </section>`;
}

/**
 * The settings in which two revisions differ.
 *
 * @param {{ one: Revision, other: Revision }} properties
 */
export function Differences({ one, other }) {
  const found = differences(
    { ...one.settings, productIds: one.productNames, seed: one.seed },
    { ...other.settings, productIds: other.productNames, seed: other.seed },
  );
  if (!found.length) return html`<section class="section"><p class="muted">Both were made with the same settings.</p></section>`;
  return html`<section class="section">
    <h3>What differs</h3>
    <table>
      <thead><tr><th scope="col">Setting</th><th scope="col">Left</th><th scope="col">Right</th></tr></thead>
      <tbody>
        ${found.map((each) => html`<tr key=${each.name}><th scope="row">${each.label}</th><td>${each.one}</td><td>${each.other}</td></tr>`)}
      </tbody>
    </table>
  </section>`;
}

/** @param {{ slot: SlotShape, revision: Revision }} properties */
function Facts({ slot, revision }) {
  const changed = differences(revision.settings, slot.settings);
  const facts = [
    ['Made', moment(revision.timestamp)],
    ['Products', revision.productNames.join(', ')],
    ['Scene', revision.settings.scene && text(revision.settings.scene)],
    ['Size', revision.width && `${revision.width} × ${revision.height}`],
    ['Model', revision.model],
    ['Seed', revision.seed],
    ['Took', revision.tookMilliseconds && seconds(revision.tookMilliseconds)],
    ['Cost', revision.costMicros !== undefined && price(revision.costMicros)],
  ].filter(([, value]) => value || value === 0);
  return html`
    <section class="section">
      <h3>How it was made</h3>
      <dl>${facts.map(([name, value]) => html`<dt key=${name}>${name}</dt><dd>${value}</dd>`)}</dl>
      ${revision.inputsChanged && html`<p class="small warning">A picture it was made of has been replaced or deleted since.</p>`}
    </section>
    <section class="section">
      <h3>Against the slot’s settings now</h3>
      ${changed.length === 0 && html`<p class="muted">The same.</p>`}
      <dl>
        ${changed.map((each) => html`<dt key=${each.name}>${each.label}</dt><dd>${each.one} <span class="muted">(now ${each.other})</span></dd>`)}
      </dl>
    </section>
    ${revision.debugPrompt && html`<section class="section">
      <h3>The prompt</h3>
      <p class="prompt">${revision.debugPrompt}</p>
    </section>`}`;
}
