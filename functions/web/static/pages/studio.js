/** The page of one studio. */

import { Shell } from '../views/shell.js';
import { startPage } from '../views/start.js';

const [, clientId] = location.pathname.split('/');
const page = await startPage(clientId, Shell);
const { data, actions } = page;

const open = () => actions.show(location.pathname.split('/')[3]);
addEventListener('popstate', open);
actions.tried(() => data.readClient());
actions.tried(() => data.readStockScenes());
open();
