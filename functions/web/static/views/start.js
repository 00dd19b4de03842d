/** What a page about a client begins with: who is signed in, its data, and what becomes of the window. */

import { createDataContext } from '../data-context.js';
import { watchPage } from '../environment.js';
import { createActions } from './actions.js';
import { catchStrayFiles } from './dragging.js';
import { html, show } from './html.js';
import { createPageState, PageContext } from './page-state.js';
import { environment, signedIn } from './session.js';

/**
 * Begin a page about a client.
 *
 * @param {string} clientId
 * @param {any} view
 */
export async function startPage(clientId, view) {
  const session = await signedIn();
  const data = createDataContext({ ...environment, clientId, session });
  const page = createPageState(data, clientId, session);
  page.actions = createActions(page);
  watchPage(data);
  catchStrayFiles();
  show(html`<${PageContext.Provider} value=${page}><${view} /></${PageContext.Provider}>`);
  return page;
}
