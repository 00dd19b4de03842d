/**
 * The revisions of a slot as thumbnails, newest first; older ones come as one scrolls to them.
 *
 * @import { Revision, Slot } from '../../types.d.ts'
 */

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Empty } from './controls.js';
import { useHistory } from './history.js';
import { html } from './html.js';
import { Icon } from './icons.js';
import { usePage } from './page-state.js';
import { Picture } from './picture.js';
import { moment } from './words.js';

/** @param {{ slot: Slot }} properties */
export function Revisions({ slot }) {
  const page = usePage();
  const { revisions, more } = useHistory(slot);
  if (!revisions.length) {
    return html`<${Empty} icon="image" title="No revisions yet">Every picture that is made is kept here.</${Empty}>`;
  }
  return html`<ul class="revisions">
      ${revisions.map((revision) => html`<${Thumbnail} key=${revision.id} slot=${slot} revision=${revision}
        shown=${revision.url === slot.outputImage} onClick=${() => page.actions.showRevision(slot, revision)}
        onDblClick=${() => page.open('viewer', { slotId: slot.id, imageId: revision.id })} />`)}
    </ul>
    <${More} more=${more} />`;
}

/**
 * One revision, small. There may be thousands: each is drawn anew only when something about it has changed.
 *
 * @param {{ slot: Slot, revision: Revision, shown: boolean, [attribute: string]: any }} properties
 *   the attributes are those of its button, and what they do depends on the ids of slot and revision alone
 */
export function Thumbnail({ slot, revision, shown, ...attributes }) {
  const favorite = slot.favorites.includes(revision.id);
  const guests = slot.guestFavorites?.some((one) => one.imageIds.includes(revision.id));
  return useMemo(
    () => html`<li class="revision" data-shown=${shown}>
      <button type="button" class="revision-face" aria-pressed=${shown}
        aria-label=${`Revision of ${moment(revision.timestamp)}${favorite ? ', favourite' : ''}`} ...${attributes}>
        <${Picture} address=${revision.url} alt="" size="thumb" />
      </button>
      <span class="mark">
        ${guests && html`<${Icon} name="user" />`}${favorite && html`<${Icon} name="star" filled=${true} />`}
      </span>
    </li>`,
    [slot.id, revision, shown, favorite, guests],
  );
}

/**
 * What asks for more once it comes into sight. If that fails it says so, and asks again when it is told to.
 *
 * @param {{ more: (() => Promise<unknown>) | null }} properties
 */
export function More({ more }) {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  const [trouble, setTrouble] = useState('');
  const read = () => {
    setTrouble('');
    more?.().catch((/** @type {Error} */ { message }) => setTrouble(message));
  };
  useEffect(() => {
    if (!more || trouble || !element.current) return undefined;
    const watch = new IntersectionObserver((entries) => entries.some((one) => one.isIntersecting) && read(), {
      rootMargin: '400px',
    });
    watch.observe(element.current);
    return () => watch.disconnect();
  });
  if (!more) return null;
  if (trouble) {
    return html`<p class="small more-line" role="alert">
      ${trouble} <button type="button" class="link" onClick=${read}>Try again</button>
    </p>`;
  }
  return html`<p class="small muted more-line" ref=${element} role="status">Loading…</p>`;
}
