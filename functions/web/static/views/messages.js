/** What the page says in passing, and what went wrong with a way to try it again. */

import { Icon } from './icons.js';
import { IconButton } from './controls.js';
import { html } from './html.js';
import { usePage } from './page-state.js';

export function Messages() {
  const page = usePage();
  const errors = page.data.errors.value;
  return html`<div class="messages">
    <div role="alert" class="stack">
      ${errors.map(
        (error) => html`<div class="message" data-kind="error" key=${error.id}>
          <${Icon} name="alert" /><p>${error.words}</p>
          ${error.retry &&
          html`<button type="button" class="button" onClick=${error.retry}>${error.retryWords ?? 'Try again'}</button>`}
          <${IconButton} icon="close" label="Dismiss" onClick=${() => page.data.dismissError(error)} />
        </div>`,
      )}
    </div>
    <div role="status" class="stack">
      ${page.toasts.value.map((toast) => {
        const run = () => {
          page.unsay(toast.id);
          toast.run?.();
        };
        return html`<div class="message" key=${toast.id}>
          <p>${toast.text}</p>
          ${toast.action && html`<button type="button" class="button" onClick=${run}>${toast.action}</button>`}
          <${IconButton} icon="close" label="Dismiss" onClick=${() => page.unsay(toast.id)} />
        </div>`;
      })}
    </div>
  </div>`;
}
