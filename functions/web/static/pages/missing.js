/** What stands at an address that leads nowhere. */

import { Empty } from '../views/controls.js';
import { html, show } from '../views/html.js';

show(html`<main class="page">
  <${Empty} icon="alert" title="There is nothing at this address">
    Perhaps it was not copied whole. Here are <a href="/">all clients</a>.
  </${Empty}>
</main>`);
