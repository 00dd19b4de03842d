/**
 * The bar at the top: which studio this is, whether it is saved, and what can be done with the whole of it.
 *
 * @import { Studio } from '../../types.d.ts'
 */

import { useState } from 'preact/hooks';
import { studiosAddress } from './addresses.js';
import { IconButton, Menu, NameEditor } from './controls.js';
import { html } from './html.js';
import { Icon, Logo } from './icons.js';
import { usePage } from './page-state.js';
import { SaveState } from './save-state.js';

/** The studios that were worked on last; all of them are on a page of their own. */
const SHOWN_STUDIOS = 8;

export function TopBar() {
  const page = usePage();
  const { data } = page;
  const [renaming, setRenaming] = useState(false);
  const studio = data.studio.value;
  const client = data.client.value;
  const name = studio?.name ?? '';
  const list = () => void data.listStudios().catch(() => {}); // the menu is of use without the list too
  const items = [
    { label: 'All studios', icon: 'back', run: () => location.assign(studiosAddress(page.clientId)) },
    { label: 'New studio', icon: 'add', run: () => page.open('new-studio') },
    { label: 'Rename', icon: 'edit', run: () => setRenaming(true) },
    { label: 'Duplicate', icon: 'copy', run: () => page.open('duplicate', { studio }) },
    { label: 'Delete', icon: 'trash', danger: true, run: () => page.actions.removeStudio(/** @type {Studio} */ (studio)) },
    ...(data.studios.value ?? [])
      .filter((one) => one.id !== studio?.id)
      .sort((one, other) => other.updatedAt.localeCompare(one.updatedAt))
      .slice(0, SHOWN_STUDIOS)
      .map((one) => ({ id: one.id, label: one.name, icon: 'image', run: () => page.actions.switchTo(one.id) })),
  ];
  return html`<header class="top">
    <a class="brand" href="/" aria-label="Scene Studio: all clients"><${Logo} /></a>
    <nav class="crumbs" aria-label="Where you are">
      <a href=${studiosAddress(page.clientId)} class="ellipsis">${client?.name ?? page.clientId}</a>
      <span class="divider muted" aria-hidden="true">/</span>
      <h1 class="ellipsis" title=${name}>
        <${NameEditor} name=${name} label="Name of the studio" editing=${renaming}
          save=${(/** @type {string} */ typed) => page.actions.renameStudio(typed)} done=${() => setRenaming(false)} />
      </h1>
      ${studio && html`<${Menu} label="Studio" items=${items} opened=${list} />`}
    </nav>
    <span class="spacer"></span>
    ${studio && html`<${Tools} />`}
    <${IconButton} icon="help" label="Keyboard shortcuts (?)" class="icon-button wide-only"
      onClick=${() => page.open('shortcuts')} />
    <${User} />
  </header>`;
}

/** What is done with the studio that is open. */
function Tools() {
  const page = usePage();
  const { data } = page;
  return html`
    <${SaveState} />
    <${IconButton} icon="undo" label="Undo (Ctrl+Z)" disabled=${!data.canUndo.value} onClick=${() => page.actions.undo()} />
    <button type="button" class="button" data-kind="quiet" aria-label="History" onClick=${() => page.open('versions')}>
      <${Icon} name="history" /><span class="words">History</span>
    </button>
    <button type="button" class="button" data-kind="quiet" aria-label="Share" onClick=${() => page.open('sharing')}>
      <${Icon} name="link" /><span class="words">Share</span>
    </button>`;
}

/** Who is signed in, where people sign in. */
export function User() {
  const page = usePage();
  const user = page.data.user.value;
  if (!user) return null;
  const items = [{ label: 'Sign out', run: () => page.session.signOut() }];
  return html`<${Menu} label=${`Signed in as ${user.name}`} button=${html`<${Icon} name="user" />`} items=${items} />`;
}
