/** The dialogs, each of which is loaded when it is first opened. */

import { html } from './html.js';
import { lazy } from './lazy.js';
import { usePage } from './page-state.js';

/** @type {Record<string, any>} */
const DIALOGS = {
  conflicts: lazy(() => import('./conflicts.js')),
  duplicate: lazy(() => import('./duplicate.js')),
  'new-product': lazy(() => import('./new-product.js')),
  'new-studio': lazy(() => import('./new-studio.js')),
  product: lazy(() => import('./product.js')),
  rename: lazy(() => import('./rename.js')),
  sharing: lazy(() => import('./sharing.js')),
  shortcuts: lazy(() => import('./shortcut-list.js')),
  versions: lazy(() => import('./versions.js')),
  viewer: lazy(() => import('./viewer.js')),
};

export function Dialogs() {
  const page = usePage();
  const open = page.dialog.value;
  if (!open) return null;
  return html`<${DIALOGS[open.name]} key=${open.name} ...${open.properties} close=${() => page.close()} />`;
}
