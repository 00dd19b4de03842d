/**
 * What is under way in a slot, picture by picture, and what has failed.
 *
 * @import { PictureProgress, Slot } from '../../types.d.ts'
 */

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { IconButton } from './controls.js';
import { html } from './html.js';
import { usePage } from './page-state.js';
import { seconds } from './words.js';

const TICK = 500;
/** More than these are told by their number. */
const SHOWN = 3;

const now = signal(Date.now());
let watchers = 0;
/** @type {ReturnType<typeof setInterval> | undefined} */
let timer;

/** Keep `now` going while somebody looks at it. */
function useNow() {
  useEffect(() => {
    watchers += 1;
    timer ??= setInterval(() => (now.value = Date.now()), TICK);
    return () => {
      watchers -= 1;
      if (watchers > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  }, []);
  return now.value;
}

/** @param {{ slot: Slot }} properties */
export function Progress({ slot }) {
  const page = usePage();
  const images = Object.values(page.data.progress.value).filter((one) => one.slotId === slot.id);
  const failed = images.filter((one) => one.state === 'failed');
  const open = images.filter((one) => one.state !== 'failed');
  if (!images.length && slot.status !== 'GENERATING') return null;
  const hidden = open.length - SHOWN;
  const cancelAll = () => page.actions.cancel(slot.id);
  return html`<div class="under-way">
    ${!images.length && html`<div class="image-progress"><span>Asking…</span><progress aria-label="Asking for a picture" /></div>`}
    ${open.slice(0, SHOWN).map((one) => html`<${Open} key=${one.id} slot=${slot} image=${one} />`)}
    ${hidden > 0 &&
    html`<div class="image-progress">
      <p class="grow">and ${hidden} more</p>
      <button type="button" class="link" onClick=${cancelAll}>Cancel all</button>
    </div>`}
    ${failed.slice(0, 1).map((one) => html`<${Failed} key=${one.id} slot=${slot} image=${one} count=${failed.length} />`)}
  </div>`;
}

/**
 * A picture that is queued or being made; the bar goes by how long such pictures usually take.
 *
 * @param {{ slot: Slot, image: PictureProgress }} properties
 */
function Open({ slot, image }) {
  const page = usePage();
  const at = useNow();
  const usual = page.data.typicalMilliseconds?.value;
  const running = image.state === 'running' ? image.startedAt : undefined;
  const passed = running ? Math.max(0, at - Date.parse(running)) : 0;
  const value = running && usual ? Math.min(0.95, passed / usual) : undefined;
  const words = running ? seconds(passed) : 'Queued';
  return html`<div class="image-progress" data-state=${image.state}>
    <span class="numbers">${words}</span>
    <progress aria-label="Picture in the making" max="1" value=${value} />
    <${IconButton} icon="close" label="Cancel this picture" onClick=${() => page.actions.cancel(slot.id, image.id)} />
  </div>`;
}

/** @param {{ slot: Slot, image: PictureProgress, count: number }} properties */
function Failed({ slot, image, count }) {
  const page = usePage();
  const more = count > 1 ? ` (${count} pictures)` : '';
  return html`<div class="image-progress" data-state="failed" role="alert">
    <p>${image.reason ?? 'This picture could not be made.'}${more}</p>
    <${IconButton} icon="retry" label="Try again" onClick=${() => page.actions.retry(slot.id)} />
    <${IconButton} icon="close" label="Dismiss" onClick=${() => page.actions.dismissFailed(slot.id)} />
  </div>`;
}
