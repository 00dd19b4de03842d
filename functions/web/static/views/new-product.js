/**
 * A new product: its name, and pictures of it.
 *
 * @import { FieldEvent } from '../../types.d.ts'
 */

import { useState } from 'preact/hooks';
import { PICTURE_TYPES } from './files.js';
import { html } from './html.js';
import { NameDialog } from './new-studio.js';
import { usePage } from './page-state.js';

/** @param {{ close: () => void }} properties */
export default function NewProduct({ close }) {
  const page = usePage();
  const [files, setFiles] = useState(/** @type {File[]} */ ([]));
  const run = (/** @type {string} */ name) => page.actions.addProduct(name, files);
  return html`<${NameDialog} title="New product" action="Add" placeholder="Oak Chair" run=${run} close=${close}>
    <label class="field"><span class="label">Pictures, best on a plain background</span>
      <input type="file" multiple accept=${PICTURE_TYPES} onChange=${(/** @type {FieldEvent} */ event) => setFiles([...(event.currentTarget.files ?? [])])} />
    </label>
  </${NameDialog}>`;
}
