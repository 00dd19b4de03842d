/** The save state, which is always in sight. */

import { html } from './html.js';
import { Icon } from './icons.js';
import { usePage } from './page-state.js';
import { counted } from './words.js';

const STATES = {
  saved: { icon: 'check', words: 'Saved', title: 'Everything is saved.' },
  saving: { icon: 'cloud', words: 'Saving…', title: 'Your changes are on their way.' },
  offline: {
    icon: 'cloudOff',
    words: 'Offline',
    title: 'Your changes are kept in this browser and sent as soon as the service can be reached.',
  },
  refused: { icon: 'alert', words: 'Not saved', title: 'The service refused a change; it is kept in this browser.' },
  'signed-out': { icon: 'user', words: 'Sign in to save', title: 'Your changes are kept in this browser.' },
};

export function SaveState() {
  const page = usePage();
  const state = page.data.saveState.value;
  const { icon, words, title } = STATES[state === 'conflict' ? 'saved' : state];
  // One region for all states, so that each change of it is read out.
  return html`<div role="status">
    ${state === 'conflict'
      ? html`<button type="button" class="save-state" data-state=${state} onClick=${() => page.open('conflicts')}>
          <${Icon} name="alert" />${counted(page.data.conflicts.value.length, 'conflict')}
        </button>`
      : html`<span class="save-state" data-state=${state} title=${title}><${Icon} name=${icon} /><span class="state-words">${words}</span></span>`}
  </div>`;
}
