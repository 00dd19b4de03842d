/** Modal dialogs. */

import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { IconButton } from './controls.js';
import { html } from './html.js';
import { Messages } from './messages.js';
import { usePage } from './page-state.js';

/**
 * A modal dialog: the browser keeps the focus inside, and Escape closes it. What the page says meanwhile is
 * said inside too, since nothing else can be reached.
 *
 * @param {{title: string, close: () => void, kind?: string, onKeyDown?: (event: KeyboardEvent) => void,
 *   children: any, actions?: any}} properties
 */
export function Dialog({ title, close, kind = 'plain', onKeyDown, children, actions }) {
  const page = usePage();
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const heading = useId();
  useLayoutEffect(() => {
    const dialog = /** @type {HTMLDialogElement} */ (element.current);
    const before = document.activeElement;
    dialog.showModal();
    return () => {
      dialog.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const onPointerDown = (/** @type {PointerEvent} */ event) => {
    if (event.target === element.current) close();
  };
  const onCancel = (/** @type {Event} */ event) => {
    event.preventDefault();
    close();
  };
  return html`<dialog ref=${element} class="dialog" data-kind=${kind} aria-labelledby=${heading}
      onCancel=${onCancel} onPointerDown=${onPointerDown} onKeyDown=${onKeyDown}>
    <div class="dialog-box">
      <header class="dialog-head">
        <h2 id=${heading} tabindex="-1" autofocus>${title}</h2>
        <${IconButton} icon="close" label="Close" onClick=${close} />
      </header>
      <div class="dialog-body">${children}</div>
      ${actions && html`<footer class="dialog-actions">${actions}</footer>`}
    </div>
    ${page && html`<${Messages} />`}
  </dialog>`;
}
