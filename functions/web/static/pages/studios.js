/** The page that lists a client's studios. */

import { startPage } from '../views/start.js';
import { StudioList } from '../views/studio-list.js';

const [, clientId] = location.pathname.split('/');
await startPage(clientId, StudioList);
