/** The page of a studio: three panes side by side, of which a narrow window shows one at a time. */

import { useEffect } from 'preact/hooks';
import { studiosAddress } from './addresses.js';
import { Empty } from './controls.js';
import { Dialogs } from './dialogs.js';
import { html } from './html.js';
import { Icon } from './icons.js';
import { Library } from './library.js';
import { lazy } from './lazy.js';
import { Messages } from './messages.js';
import { usePage } from './page-state.js';
import { onShortcut } from './shortcuts.js';
import { SlotGrid } from './slot-grid.js';
import { TopBar } from './top-bar.js';

const PANES = [
  { name: 'library', icon: 'image', words: 'Library' },
  { name: 'slots', icon: 'play', words: 'Slots' },
  { name: 'slot', icon: 'sliders', words: 'Settings' },
];

const LookedAt = lazy(() => import('./looked-at.js'));
/** It is empty until a slot is chosen, so what is to be seen at once goes before it. */
const SlotPanel = lazy(() => import('./slot-panel.js'), html`<aside class="pane slot-pane" aria-label="Settings"></aside>`);

/** @type {Record<string, [string, string]>} */
const CLOSED = {
  deleted: ['trash', 'This studio is deleted'],
  missing: ['alert', 'There is nothing at this address'],
  failed: ['alert', 'This studio cannot be opened'],
};

export function Shell() {
  const page = usePage();
  const studio = page.data.studio.value;
  useEffect(() => {
    const listener = (/** @type {KeyboardEvent} */ event) => onShortcut(page, event);
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  }, [page]);
  useEffect(() => {
    document.title = studio ? `${studio.name} · Scene Studio` : 'Scene Studio';
  }, [studio?.name]);
  return html`<div class="app" data-pane=${page.pane.value}>
    <${TopBar} />
    ${studio ? html`<${Panes} />` : html`<${NoStudio} />`}
    <${Switcher} />
    <${Dialogs} />
    ${!page.dialog.value && html`<${Messages} />`}
  </div>`;
}

function Panes() {
  const page = usePage();
  if (!page.lookedAt.value) return html`<${Library} /><${SlotGrid} /><${SlotPanel} />`;
  return html`<${Library} /><${LookedAt} />
    <aside class="pane slot-pane" aria-label="Settings">
      <${Empty} icon="history" title="An old version">Go back to now to go on working.</${Empty}>
    </aside>`;
}

/** While it is on its way, and once it cannot be shown. */
function NoStudio() {
  const page = usePage();
  const opening = page.data.opening.value;
  const [icon, title] = CLOSED[opening?.state ?? 'loading'] ?? ['cloud', ''];
  const words = opening?.words;
  return html`<main class="pane slots-pane" aria-busy=${!title}>
    ${(title || words) && html`<${Empty} icon=${icon} title=${title || 'One moment…'}>${words}</${Empty}>`}
    ${title && html`<p class="center">
      ${opening?.state === 'deleted' && html`<button type="button" class="button" data-kind="main"
        onClick=${() => page.actions.bringBack(page.studioId.value ?? '')}>Restore</button>`}
      <a class="button" href=${studiosAddress(page.clientId)}>All studios</a>
    </p>`}
  </main>`;
}

function Switcher() {
  const page = usePage();
  return html`<nav class="switcher" aria-label="Panes">
    ${PANES.map(
      ({ name, icon, words }) => html`<button type="button" key=${name} aria-pressed=${page.pane.value === name}
        onClick=${() => (page.pane.value = /** @type {any} */ (name))}><${Icon} name=${icon} />${words}</button>`,
    )}
  </nav>`;
}
