/**
 * The small parts that every view is made of: buttons, menus, fields.
 *
 * @import { IconName } from './icons.js'
 */

import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { html } from './html.js';
import { Icon } from './icons.js';

/**
 * A button that shows an icon alone; its label is said to those who do not see it.
 *
 * @param {{icon: any, label: string, onClick?: (event: MouseEvent) => void, filled?: boolean,
 *   [attribute: string]: any}} properties
 */
export function IconButton({ icon, label, filled = false, ...attributes }) {
  return html`<button type="button" class="icon-button" aria-label=${label} title=${label} ...${attributes}>
    <${Icon} name=${icon} filled=${filled} />
  </button>`;
}

/**
 * A button that opens a menu.
 *
 * @param {{label: string, button?: any, opened?: () => void, items: ({id?: string, label: string, icon?: any, run: () => void,
 *   danger?: boolean, disabled?: boolean} | false | null | undefined)[], [attribute: string]: any}} properties
 *   `opened` is called when it opens
 */
export function Menu({ label, button, opened, items, ...attributes }) {
  const id = useId();
  const opener = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const menu = useRef(/** @type {HTMLElement | null} */ (null));
  const [open, setOpen] = useState(false);
  const shown = items.filter((item) => item !== false && item != null);

  const onToggle = (/** @type {ToggleEvent} */ event) => {
    const isOpen = event.newState === 'open';
    setOpen(isOpen);
    if (!isOpen) return;
    opened?.();
    place(/** @type {HTMLElement} */ (menu.current), /** @type {HTMLElement} */ (opener.current));
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    event.stopPropagation();
    const all = [.../** @type {HTMLElement} */ (menu.current).querySelectorAll('button:not(:disabled)')];
    const at = all.indexOf(/** @type {Element} */ (document.activeElement));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    /** @type {HTMLElement} */ (all.at(to % all.length)).focus();
  };
  const choose = (/** @type {() => void} */ run) => {
    /** @type {HTMLElement} */ (menu.current).hidePopover();
    run();
  };
  return html`
    <button type="button" ref=${opener} class=${button ? 'menu-button' : 'icon-button'} popovertarget=${id}
      aria-haspopup="menu" aria-expanded=${open} aria-label=${label} title=${label} ...${attributes}>${button ?? html`<${Icon} name="menu" />`}</button>
    <div ref=${menu} id=${id} popover role="menu" class="menu" aria-label=${label} onToggle=${onToggle}
      onKeyDown=${onKeyDown}>
      ${open && shown.map((item) => html`<button type="button" role="menuitem" key=${item.id ?? item.label}
        class=${item.danger ? 'danger' : ''} disabled=${item.disabled} onClick=${() => choose(item.run)}>
        ${item.icon && html`<${Icon} name=${item.icon} />`}<span>${item.label}</span>
      </button>`)}
    </div>`;
}

/** Put a menu below its button, or above it where there is no room, and let it take the focus. */
function place(/** @type {HTMLElement} */ menu, /** @type {HTMLElement} */ opener) {
  requestAnimationFrame(() => {
    const from = opener.getBoundingClientRect();
    const size = menu.getBoundingClientRect();
    const below = from.bottom + size.height + 8 <= innerHeight;
    menu.style.top = `${below ? from.bottom + 4 : Math.max(8, from.top - size.height - 4)}px`;
    menu.style.left = `${Math.max(8, Math.min(from.right - size.width, innerWidth - size.width - 8))}px`;
    // Who was quicker than this frame has chosen an item already.
    if (!menu.contains(document.activeElement)) menu.querySelector('button')?.focus();
  });
}

/**
 * A text field that saves as one types, and that an answer from elsewhere does not overwrite meanwhile.
 *
 * @param {{value: string, onText: (value: string) => void, element?: string, [attribute: string]: any}} properties
 */
export function TextField({ value, onText, element = 'input', ...attributes }) {
  const [typed, setTyped] = useState(/** @type {string | null} */ (null));
  const onInput = (/** @type {any} */ event) => {
    setTyped(event.target.value);
    onText(event.target.value);
  };
  return html`<${element} ...${attributes} value=${typed ?? value} onInput=${onInput}
    onBlur=${() => setTyped(null)} />`;
}

/**
 * A name that turns into a field when it is to be changed.
 *
 * @param {{name: string, label: string, save: (name: string) => void, editing: boolean, done: () => void}} properties
 */
export function NameEditor({ name, label, save, editing, done }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const before = useRef(/** @type {Element | null} */ (null));
  // At once: after the frame, somebody may have been quicker, and the field itself have the focus.
  useLayoutEffect(() => {
    if (!editing) return;
    before.current = document.activeElement;
    field.current?.select();
  }, [editing]);
  if (!editing) return name;
  const finish = (/** @type {boolean} */ keep) => {
    const typed = field.current?.value.trim() ?? '';
    if (keep && typed && typed !== name) save(typed);
    done();
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    event.stopPropagation();
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault(); // or who is given the focus would be pressed by this key
    finish(event.key === 'Enter');
    if (before.current instanceof HTMLElement) before.current.focus();
  };
  return html`<input ref=${field} class="name-field" aria-label=${label} defaultValue=${name} maxlength="200"
    onKeyDown=${onKeyDown} onBlur=${() => finish(true)} />`;
}

/**
 * What stands where there is nothing yet.
 *
 * @param {{ icon: IconName, title: string, children?: any }} properties
 */
export function Empty({ icon, title, children }) {
  return html`<div class="empty">
    <${Icon} name=${icon} /><p class="empty-title">${title}</p>${children && html`<p>${children}</p>`}
  </div>`;
}
