/** A product's pictures: which is used, further ones, and those that could not be taken in. */

import { Empty, IconButton } from './controls.js';
import { Dialog } from './dialog.js';
import { useDrop } from './dragging.js';
import { chooseFiles } from './files.js';
import { html } from './html.js';
import { Icon } from './icons.js';
import { usePage } from './page-state.js';
import { Picture } from './picture.js';
import { Uploads } from './uploads.js';

/** @param {{ productId: string, close: () => void }} properties */
export default function Product({ productId, close }) {
  const page = usePage();
  const product = page.data.client.value?.products.find((one) => one.id === productId);
  const drop = useDrop({ files: (files) => page.actions.addProductPictures(productId, files) });
  if (!product) return null;
  const pictures = product.pictures ?? [];
  const rejected = (product.uploads ?? []).filter((one) => one.state === 'REJECTED');
  const add = (/** @type {File[]} */ files) => page.actions.addProductPictures(productId, files);
  const actions = html`<button type="button" class="button" data-kind="main"
      onClick=${() => chooseFiles(add, { multiple: true })}>
      <${Icon} name="upload" />Add a picture
    </button>`;
  return html`<${Dialog} title=${product.name} close=${close} actions=${actions}>
    <div class="stack" ...${drop}>
      ${pictures.length === 0 && !product.imageUrl &&
      html`<${Empty} icon="image" title="No picture yet">Drop one here, best on a plain background.</${Empty}>`}
      <ul class="things">
        ${pictures.map((picture) => html`<li class="thing" key=${picture.id} data-chosen=${picture.id === product.imageId}>
          <button type="button" class="thing-face" aria-pressed=${picture.id === product.imageId}
            aria-label=${picture.id === product.imageId ? 'This picture is used' : 'Use this picture'}
            onClick=${() => page.actions.chooseProductPicture(productId, picture.id)}>
            <span class="thing-picture"><${Picture} address=${picture.thumbnailUrl ?? picture.imageUrl} alt="" /></span>
            <span class="thing-name">${picture.width ? `${picture.width} × ${picture.height}` : ''}</span>
          </button>
          <${IconButton} icon="trash" label="Delete this picture"
            onClick=${() => page.actions.removeProductPicture(productId, picture.id)} />
        </li>`)}
      </ul>
      ${pictures.length === 0 && product.imageUrl && html`<span class="thing-picture"><${Picture} address=${product.imageUrl} alt=${product.name} /></span>`}
      <${Uploads} kind="product" />
      ${rejected.map((one) => html`<p key=${one.id} class="rejected" role="alert">${one.reason}</p>`)}
    </div>
  </${Dialog}>`;
}
