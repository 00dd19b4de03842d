/** The page of a guest, who came by a link. */

import { createGuest } from '../guest.js';
import { browserEnvironment } from '../environment.js';
import { GuestView } from '../views/guest-view.js';
import { html, show } from '../views/html.js';

const guest = createGuest({
  ...browserEnvironment(),
  shareId: location.pathname.split('/')[2],
  secret: location.hash.slice(1),
});
addEventListener('pagehide', () => guest.pageHidden());
document.addEventListener('visibilitychange', () => (document.hidden ? guest.pageHidden() : guest.pageShown()));
show(html`<${GuestView} guest=${guest} />`);
guest.open();
