/**
 * A client's studios with their covers, and those that were deleted lately.
 *
 * @import { StudioSummary } from '../../types.d.ts'
 */

import { useEffect } from 'preact/hooks';
import { studioAddress } from './addresses.js';
import { Empty, Menu } from './controls.js';
import { Dialogs } from './dialogs.js';
import { html } from './html.js';
import { Icon, Logo } from './icons.js';
import { Messages } from './messages.js';
import { usePage } from './page-state.js';
import { Picture } from './picture.js';
import { User } from './top-bar.js';
import { ago, counted } from './words.js';

export function StudioList() {
  const page = usePage();
  const { data } = page;
  const studios = data.studios.value?.filter((one) => !one.deletedAt);
  const client = data.client.value;
  useEffect(() => {
    document.title = `${client?.name ?? 'Studios'} · Scene Studio`;
  }, [client?.name]);
  return html`
    <header class="top">
      <a class="brand" href="/" aria-label="Scene Studio: all clients"><${Logo} /></a>
      <span class="ellipsis muted">${client?.name ?? page.clientId}</span>
      <span class="spacer"></span>
      <${User} />
    </header>
    <main class="page">
      <div class="page-head">
        <h1>Studios</h1>
        <button type="button" class="button" data-kind="main" onClick=${() => page.open('new-studio')}>
          <${Icon} name="add" />New studio
        </button>
      </div>
      ${studios && studios.length === 0 &&
      html`<${Empty} icon="image" title="No studios yet">
        A studio keeps one campaign: its products, its settings and every picture. Begin with
        <a href=${studioAddress(page.clientId, 'default')}>the main studio</a>.
      </${Empty}>`}
      <ul class="covers">${(studios ?? []).map((studio) => html`<${Cover} key=${studio.id} studio=${studio} />`)}</ul>
      ${data.moreStudios?.value &&
      html`<p class="center"><button type="button" class="button" onClick=${() => data.listStudios({ more: true })}>Show more</button></p>`}
      <${Deleted} />
    </main>
    <${Dialogs} />
    ${!page.dialog.value && html`<${Messages} />`}`;
}

/** @param {{ studio: StudioSummary }} properties */
function Cover({ studio }) {
  const page = usePage();
  const items = [
    { label: 'Rename', icon: 'edit', run: () => page.open('rename', { studio }) },
    { label: 'Duplicate', icon: 'copy', run: () => page.open('duplicate', { studio }) },
    { label: 'Delete', icon: 'trash', danger: true, run: () => page.actions.removeStudio(studio) },
  ];
  return html`<li class="cover">
    <div class="cover-picture"><${Picture} address=${studio.coverImage} alt="" size="thumb" /></div>
    <div class="cover-text">
      <p class="ellipsis" title=${studio.name}>
        <a href=${studioAddress(page.clientId, studio.id)}>${studio.name}</a>
      </p>
      <p class="small muted">
        ${counted(studio.slotCount, 'slot')}, ${counted(studio.revisionCount, 'picture')} · ${ago(studio.updatedAt)}
      </p>
    </div>
    <${Menu} label=${`More about ${studio.name}`} items=${items} />
  </li>`;
}

/** What was deleted from this page can be brought back from it. */
function Deleted() {
  const page = usePage();
  const deleted = (page.data.studios.value ?? []).filter((one) => one.deletedAt);
  if (!deleted.length) return null;
  return html`<section class="stack deleted">
    <h2>Deleted</h2>
    <ul class="list">
      ${deleted.map((studio) => html`<li class="entry row" key=${studio.id}>
        <span class="grow ellipsis">${studio.name}</span>
        <button type="button" class="button" onClick=${() => page.actions.bringBack(studio.id)}>Restore</button>
      </li>`)}
    </ul>
  </section>`;
}
