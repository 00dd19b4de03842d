/** The page of one studio. */

import { loadParts } from '../views/lazy.js';
import { Shell } from '../views/shell.js';
import { startPage } from '../views/start.js';

/** So long the studio's own pictures have the network for themselves. */
const FIRST_MILLISECONDS = 3000;

const [, clientId] = location.pathname.split('/');
const page = await startPage(clientId, Shell);
const { data, actions } = page;

const open = () => actions.show(location.pathname.split('/')[3]);
addEventListener('popstate', open);
actions.tried(() => data.readClient());
actions.tried(() => data.readStockScenes());
open().finally(() => setTimeout(loadParts, FIRST_MILLISECONDS));
