/**
 * A client's studios with their covers, and those that were deleted lately.
 *
 * @import { StudioSummary } from '../../types.d.ts'
 * @import { RequestFailed } from '../problems.js'
 */

import { useEffect, useState } from 'preact/hooks';
import { studioAddress } from './addresses.js';
import { Empty, Menu } from './controls.js';
import { Dialogs } from './dialogs.js';
import { html } from './html.js';
import { Icon, Logo } from './icons.js';
import { Messages } from './messages.js';
import { usePage } from './page-state.js';
import { Picture } from './picture.js';
import { User } from './top-bar.js';
import { ago, counted, moment } from './words.js';

export function StudioList() {
  const page = usePage();
  const { data } = page;
  const studios = data.studios.value;
  const client = data.client.value;
  const [trouble, setTrouble] = useState(/** @type {RequestFailed | null} */ (null));
  const read = () => {
    setTrouble(null);
    Promise.all([data.readClient(), data.listStudios()]).catch(setTrouble);
  };
  useEffect(read, []);
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
    <main class="page" aria-busy=${!studios && !trouble}>
      ${trouble ? html`<${NoList} trouble=${trouble} read=${read} />` : html`<${Covers} />`}
    </main>
    <${Dialogs} />
    ${!page.dialog.value && html`<${Messages} />`}`;
}

/** @param {{ trouble: RequestFailed, read: () => void }} properties */
function NoList({ trouble, read }) {
  if (trouble.status === 404) {
    return html`<${Empty} icon="alert" title="There is nothing at this address">
      Perhaps it was not copied whole. Here are <a href="/">all clients</a>.
    </${Empty}>`;
  }
  return html`<${Empty} icon="alert" title="The studios could not be read">
    ${trouble.message} <button type="button" class="link" onClick=${read}>Try again</button>
  </${Empty}>`;
}

function Covers() {
  const page = usePage();
  const { data } = page;
  const studios = data.studios.value;
  return html`
    <div class="page-head">
      <h1>Studios</h1>
      <button type="button" class="button" data-kind="main" onClick=${() => page.open('new-studio')}>
        <${Icon} name="add" />New studio
      </button>
    </div>
    ${studios && studios.length === 0 &&
    html`<${Empty} icon="image" title="No studios yet">
      A studio keeps one campaign: its products, its settings and every picture. Begin with ${' '}
      <a href=${studioAddress(page.clientId, 'default')}>the main studio</a>.
    </${Empty}>`}
    <ul class="covers">${(studios ?? []).map((studio) => html`<${Cover} key=${studio.id} studio=${studio} />`)}</ul>
    ${data.moreStudios?.value &&
    html`<p class="center"><button type="button" class="button" onClick=${() => page.actions.tried(() => data.listStudios({ more: true }))}>Show more</button></p>`}
    <${Deleted} />`;
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

/** Those that were deleted can be brought back for as long as they are kept; they are read when one looks for them. */
function Deleted() {
  const { data, actions } = usePage();
  const deleted = data.deletedStudios.value;
  const more = data.moreDeletedStudios.value;
  const read = (/** @type {ToggleEvent} */ event) => {
    if (event.newState === 'open') actions.tried(() => data.listDeletedStudios());
  };
  return html`<details class="deleted" onToggle=${read}>
    <summary>Recently deleted</summary>
    ${deleted?.length === 0 && !more && html`<p class="muted">No studio was deleted in the last 30 days.</p>`}
    <ul class="list">${deleted?.map((studio) => html`<${DeletedStudio} key=${studio.id} studio=${studio} />`)}</ul>
    ${more && html`<button type="button" class="button" onClick=${() => actions.tried(() => data.listDeletedStudios({ more: true }))}>Look for more</button>`}
  </details>`;
}

/** @param {{ studio: StudioSummary }} properties */
function DeletedStudio({ studio }) {
  const { actions } = usePage();
  const until = studio.restorableUntil ? `, kept until ${moment(studio.restorableUntil)}` : '';
  return html`<li class="entry">
    <div class="row">
      <div class="grow">
        <p class="ellipsis" title=${studio.name}>${studio.name}</p>
        <p class="small muted">
          ${counted(studio.slotCount, 'slot')}, ${counted(studio.revisionCount, 'picture')} · deleted ${ago(studio.deletedAt ?? '')}${until}
        </p>
      </div>
      <button type="button" class="button" aria-label=${`Restore ${studio.name}`}
        onClick=${() => actions.bringBack(studio.id)}>Restore</button>
    </div>
  </li>`;
}
