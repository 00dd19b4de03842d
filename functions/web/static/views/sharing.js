/**
 * Sharing: the studio's own address for the team, and links by which guests look at it.
 *
 * @import { FieldEvent } from '../../types.d.ts'
 */

import { useEffect, useState } from 'preact/hooks';
import { Dialog } from './dialog.js';
import { html } from './html.js';
import { Icon } from './icons.js';
import { usePage } from './page-state.js';
import { counted, moment } from './words.js';

const DAYS = [1, 7, 14, 30, 90];

/** @param {{ close: () => void }} properties */
export default function Sharing({ close }) {
  const page = usePage();
  const [shares, setShares] = useState(/** @type {any[] | null} */ (null));
  const [made, setMade] = useState(/** @type {{ url: string, name?: string } | null} */ (null));
  const { tried } = page.actions;
  const read = () => tried(async () => setShares((await page.data.shares()).items));
  useEffect(() => {
    read();
  }, []);
  const make = (/** @type {{ name?: string, expiresInDays: number }} */ wanted) =>
    tried(async () => {
      const answer = await page.data.addShare(wanted);
      setMade({ url: new URL(answer.url, location.href).href, name: answer.share.name });
      read();
    });
  const withdraw = (/** @type {string} */ id) =>
    tried(async () => {
      await page.data.deleteShare(id);
      setMade(null);
      read();
    });
  return html`<${Dialog} title="Share" close=${close}>
    <div class="stack">
      <section class="stack">
        <h3>With your team</h3>
        <p class="muted">Whoever may see this client works in the same studio at its address.</p>
        <${Copied} address=${location.href.split('#')[0]} label="Address of the studio" />
      </section>
      <section class="stack">
        <h3>With a guest</h3>
        <p class="muted">A guest looks and marks favourites, and changes nothing else.</p>
        <${NewLink} make=${make} />
        ${made && html`<div class="banner">
          <p>Copy this link now: it is shown only once.</p>
          <${Copied} address=${made.url} label="Link for the guest" />
        </div>`}
        <ul class="list">
          ${(shares ?? []).map((share) => html`<li class="entry" key=${share.id}>
            <div class="row">
              <div class="grow">
                <p class="ellipsis">${share.name || 'Guest'}</p>
                <p class="tiny muted">
                  Until ${moment(share.expiresAt)} · ${counted(share.favorites?.length ?? 0, 'favourite')}
                </p>
              </div>
              <button type="button" class="button" data-kind="danger" onClick=${() => withdraw(share.id)}>Withdraw</button>
            </div>
          </li>`)}
        </ul>
      </section>
    </div>
  </${Dialog}>`;
}

/** @param {{ make: (wanted: { name?: string, expiresInDays: number }) => void }} properties */
function NewLink({ make }) {
  const [name, setName] = useState('');
  const [days, setDays] = useState(14);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    make({ name: name.trim() || undefined, expiresInDays: days });
    setName('');
  };
  return html`<form class="row wrap" onSubmit=${submit}>
    <input class="grow" maxlength="200" placeholder="For whom?" aria-label="For whom the link is" value=${name}
      onInput=${(/** @type {FieldEvent} */ event) => setName(event.currentTarget.value)} />
    <select class="days" aria-label="How long it lasts" value=${days} onChange=${(/** @type {FieldEvent} */ event) => setDays(Number(event.currentTarget.value))}>
      ${DAYS.map((one) => html`<option key=${one} value=${one}>${counted(one, 'day')}</option>`)}
    </select>
    <button type="submit" class="button" data-kind="main"><${Icon} name="link" />Make a link</button>
  </form>`;
}

/** @param {{ address: string, label: string }} properties */
function Copied({ address, label }) {
  const page = usePage();
  const copy = async () => {
    await navigator.clipboard?.writeText(address);
    page.say('Copied.');
  };
  return html`<div class="row">
    <input class="grow" readonly value=${address} aria-label=${label} onFocus=${(/** @type {FieldEvent} */ event) => event.currentTarget.select()} />
    <button type="button" class="button" onClick=${copy}><${Icon} name="copy" />Copy</button>
  </div>`;
}
