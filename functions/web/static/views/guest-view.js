/**
 * A studio as a guest sees it: the pictures, large and small, and marks on those that please.
 *
 * @typedef {ReturnType<typeof import('../guest.js').createGuest>} Guest
 * @typedef {{ id: string, timestamp: number, productNames: string[], url: string, thumbnailUrl?: string }} Shown
 * @typedef {{ id: string, productNames: string[], history: Shown[], favorites: string[] }} GuestSlotShape
 */

import { useEffect, useState } from 'preact/hooks';
import { Empty, IconButton } from './controls.js';
import { Dialog } from './dialog.js';
import { html } from './html.js';
import { Icon, Logo } from './icons.js';
import { More } from './revisions.js';
import { counted, moment } from './words.js';

/** @param {{ guest: Guest }} properties */
export function GuestView({ guest }) {
  const studio = guest.studio.value;
  const [open, setOpen] = useState(/** @type {{ slotId: string, imageId: string } | null} */ (null));
  useEffect(() => {
    document.title = studio ? `${studio.name} · Scene Studio` : 'Scene Studio';
  }, [studio?.name]);
  if (guest.state.value === 'gone') {
    return html`<main class="page">
      <${Empty} icon="link" title="This link does not lead anywhere">
        It has expired or was withdrawn. Ask whoever sent it for a new one.
      </${Empty}>
    </main>`;
  }
  const slots = /** @type {GuestSlotShape[]} */ (studio?.outputSlots ?? []);
  const marks = slots.reduce((sum, slot) => sum + slot.favorites.length, 0);
  return html`
    <header class="top">
      <span class="brand"><${Logo} /></span>
      <h1 class="ellipsis">${studio?.name ?? ''}</h1>
      <span class="spacer"></span>
      <span class="save-state" role="status">
        <${Icon} name="star" filled=${marks > 0} />${counted(marks, 'favourite')}
        ${guest.saveState.value === 'saving' && html`<span>· saving…</span>`}
      </span>
    </header>
    <main class="page" aria-busy=${!studio}>
      ${studio && html`<p class="muted guest-words">Mark what you like with a star; the team sees it at once.</p>`}
      ${studio && !slots.some((slot) => slot.history.length) && html`<${Empty} icon="image" title="No pictures yet" />`}
      ${slots.map((slot, at) => slot.history.length > 0 && html`<${GuestSlot} key=${slot.id} guest=${guest} slot=${slot} number=${at + 1}
        open=${(/** @type {string} */ imageId) => setOpen({ slotId: slot.id, imageId })} />`)}
      <${More} more=${guest.hasMore.value ? () => guest.readMore() : null} />
    </main>
    ${open && html`<${Large} guest=${guest} ...${open} choose=${setOpen} />`}
    <div class="messages" role="alert">
      ${guest.error.value && guest.state.value === 'ready' && html`<div class="message" data-kind="error"><p>${guest.error.value}</p></div>`}
    </div>`;
}

/** @param {{ guest: Guest, slot: GuestSlotShape, number: number, open: (imageId: string) => void }} properties */
function GuestSlot({ guest, slot, number, open }) {
  const title = slot.productNames.join(', ') || `Slot ${number}`;
  return html`<section class="guest-slot">
    <h2>${title}</h2>
    <ul class="guest-pictures">
      ${slot.history.map((revision) => {
        const marked = slot.favorites.includes(revision.id);
        return html`<li class="cover" key=${revision.id}>
          <button type="button" class="cover-picture" onClick=${() => open(revision.id)} aria-label=${`${title}, ${moment(revision.timestamp)}`}>
            <img src=${revision.thumbnailUrl ?? revision.url} alt="" loading="lazy" decoding="async" />
          </button>
          <${IconButton} icon="star" filled=${marked} aria-pressed=${marked} label="Favourite"
            onClick=${() => guest.mark(slot.id, revision.id, !marked)} />
        </li>`;
      })}
    </ul>
  </section>`;
}

/** @param {{ guest: Guest, slotId: string, imageId: string, choose: (picture: { slotId: string, imageId: string } | null) => void }} properties */
function Large({ guest, slotId, imageId, choose }) {
  const slots = /** @type {GuestSlotShape[]} */ (guest.studio.value?.outputSlots ?? []);
  const slot = slots.find((one) => one.id === slotId);
  const at = slot?.history.findIndex((one) => one.id === imageId) ?? -1;
  const revision = slot?.history[at];
  if (!slot || !revision) return null;
  const go = (/** @type {number} */ to) => slot.history[to] && choose({ slotId, imageId: slot.history[to].id });
  const marked = slot.favorites.includes(imageId);
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'ArrowLeft') go(at - 1);
    if (event.key === 'ArrowRight') go(at + 1);
    if (event.key === 'f') guest.mark(slotId, imageId, !marked);
  };
  return html`<${Dialog} title=${slot.productNames.join(', ')} kind="viewer" close=${() => choose(null)}
      onKeyDown=${onKeyDown}>
    <div class="viewer guest">
      <div class="viewer-picture">
        <img key=${revision.id} src=${revision.url} alt=${revision.productNames.join(', ')} />
        <${IconButton} icon="back" label="Newer" class="icon-button viewer-step" data-side="newer" disabled=${at === 0} onClick=${() => go(at - 1)} />
        <${IconButton} icon="forward" label="Older" class="icon-button viewer-step" data-side="older"
          disabled=${at === slot.history.length - 1} onClick=${() => go(at + 1)} />
      </div>
      <div class="facts">
        <section class="section">
          <button type="button" class="button" aria-pressed=${marked} onClick=${() => guest.mark(slotId, imageId, !marked)}>
            <${Icon} name="star" filled=${marked} />${marked ? 'A favourite' : 'Mark as favourite'}
          </button>
          <p class="muted">${moment(revision.timestamp)}</p>
        </section>
      </div>
    </div>
  </${Dialog}>`;
}
