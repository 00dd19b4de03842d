/** Where the issuer sends people back to; from here they go where they came from. */

import { Empty } from '../views/controls.js';
import { html, show } from '../views/html.js';
import { createSession } from '../views/session.js';

const session = await createSession();
const address = location.href;
history.replaceState(null, '', location.pathname); // the code is used once, and is not to be kept

try {
  location.replace('finish' in session ? await session.finish(address) : '/');
} catch (error) {
  show(html`<main class="page">
    <${Empty} icon="user" title="You are not signed in">${/** @type {Error} */ (error).message}</${Empty}>
    <p class="center"><a class="button" href="/">Go on</a></p>
  </main>`);
}
