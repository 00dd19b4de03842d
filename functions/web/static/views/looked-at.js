/** An old version of the studio, to look at: nothing in it can be changed. */

import { html } from './html.js';
import { Icon } from './icons.js';
import { usePage } from './page-state.js';
import { Picture } from './picture.js';
import { counted, moment, setting, slotTitle } from './words.js';

export default function LookedAt() {
  const page = usePage();
  const { version, studio } = /** @type {NonNullable<typeof page.lookedAt.value>} */ (page.lookedAt.value);
  const products = page.data.client.value?.products ?? [];
  const back = () => {
    page.lookedAt.value = null;
  };
  return html`<main class="pane slots-pane">
    <div class="banner" role="status">
      <p><strong>${studio.name}</strong> as it was on ${moment(version.savedAt)}</p>
      <button type="button" class="button" onClick=${back}>Back to now</button>
      <button type="button" class="button" data-kind="main" onClick=${() => page.actions.restore(version)}>Restore</button>
    </div>
    <div class="scroll">
      <ul class="slots">
        ${studio.outputSlots.map((slot, at) => html`<li class="slot" key=${slot.id}>
          <div class="stage">
            ${slot.outputImage
              ? html`<${Picture} address=${slot.outputImage} alt=${`The picture of slot ${at + 1} then`} />`
              : html`<${Icon} name="image" />`}
            <span class="slot-number">${at + 1}</span>
          </div>
          <div class="slot-text">
            <p class="slot-title ellipsis">${slotTitle(slot, products)}</p>
            <p class="muted small ellipsis">
              ${setting(slot.settings, 'style')} · ${slot.settings.scene?.name ?? setting(slot.settings, 'roomType')}
            </p>
          </div>
          <div class="slot-foot tiny muted">
            <span>${counted(slot.historyCount, 'revision')}</span>
            <button type="button" class="link tiny" onClick=${() => page.actions.restore(version, slot.id)}>
              Restore this slot
            </button>
          </div>
        </li>`)}
      </ul>
    </div>
  </main>`;
}
