/** The page that lists the clients that one may see; where there is one alone, it leads on to its studios. */

import { signal } from '@preact/signals';
import { Api } from '../api.js';
import { studiosAddress } from '../views/addresses.js';
import { ClientList } from '../views/client-list.js';
import { html, show } from '../views/html.js';
import { environment, signedIn } from '../views/session.js';

const session = await signedIn();
const api = new Api({ ...environment, session });
const clients = signal(/** @type {any[] | null} */ (null));
const trouble = signal(/** @type {string | null} */ (null));

async function read() {
  trouble.value = null;
  try {
    const found = (await api.send('GET', '/api/clients')).body.items;
    if (found.length === 1) location.replace(studiosAddress(found[0].id));
    else clients.value = found;
  } catch (error) {
    trouble.value = /** @type {Error} */ (error).message;
  }
}

show(html`<${ClientList} clients=${clients} trouble=${trouble} read=${read} />`);
read();
