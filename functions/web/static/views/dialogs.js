/** The dialogs, each of which is loaded when it is first opened. */

import { useEffect, useState } from 'preact/hooks';
import { html } from './html.js';
import { usePage } from './page-state.js';

/** @type {Record<string, () => Promise<{ default: any }>>} */
const DIALOGS = {
  conflicts: () => import('./conflicts.js'),
  duplicate: () => import('./duplicate.js'),
  'new-product': () => import('./new-product.js'),
  'new-studio': () => import('./new-studio.js'),
  product: () => import('./product.js'),
  rename: () => import('./rename.js'),
  sharing: () => import('./sharing.js'),
  shortcuts: () => import('./shortcut-list.js'),
  versions: () => import('./versions.js'),
  viewer: () => import('./viewer.js'),
};

export function Dialogs() {
  const page = usePage();
  const open = page.dialog.value;
  const [loaded, setLoaded] = useState(/** @type {Record<string, any>} */ ({}));
  const name = open?.name;
  useEffect(() => {
    if (!name || loaded[name]) return;
    DIALOGS[name]().then(
      (module) => setLoaded((before) => ({ ...before, [name]: module.default })),
      () => {
        page.close();
        page.say('This part of the page could not be loaded. Your work is kept.', 'Load again', () => location.reload());
      },
    );
  }, [name]);
  const Opened = name && loaded[name];
  return Opened ? html`<${Opened} key=${name} ...${open.properties} close=${() => page.close()} />` : null;
}
