/**
 * Files on their way: how much is sent, and what became of them.
 *
 * @import { UploadProgress } from '../../types.d.ts'
 */

import { IconButton } from './controls.js';
import { html } from './html.js';
import { usePage } from './page-state.js';

const OVER = ['READY', 'CANCELLED'];

/** @param {{ kind: 'scene' | 'product' }} properties */
export function Uploads({ kind }) {
  const { data } = usePage();
  const shown = data.uploads.value.filter((one) => one.kind === kind && !OVER.includes(one.state));
  if (!shown.length) return null;
  return html`<ul class="upload-list" aria-label="Uploads">
    ${shown.map((upload) => html`<${Upload} key=${upload.id} upload=${upload} />`)}
  </ul>`;
}

/** @param {{ upload: UploadProgress }} properties */
function Upload({ upload }) {
  const failed = upload.state === 'FAILED' || upload.state === 'REJECTED';
  const waiting = upload.state === 'PROCESSING' || upload.state === 'ASKING';
  return html`<li class="upload" data-state=${upload.state}>
    <p class="ellipsis" title=${upload.name}>${upload.name}</p>
    ${failed
      ? html`<p class="rejected" role="alert">${upload.reason ?? 'It did not arrive.'}</p>`
      : html`<progress aria-label=${`Upload of ${upload.name}`} max=${upload.size}
          value=${waiting ? undefined : upload.sent} />`}
    <span>
      ${upload.state === 'FAILED' && html`<${IconButton} icon="retry" label="Send again" onClick=${upload.retry} />`}
      <${IconButton} icon="close" label=${failed ? 'Dismiss' : 'Cancel'} onClick=${upload.cancel} />
    </span>
  </li>`;
}
