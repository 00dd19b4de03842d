/**
 * A new studio, or a copy of one.
 *
 * @import { FieldEvent } from '../../types.d.ts'
 */

import { useState } from 'preact/hooks';
import { Dialog } from './dialog.js';
import { html } from './html.js';
import { usePage } from './page-state.js';

/** @param {{ close: () => void }} properties */
export default function NewStudio({ close }) {
  const page = usePage();
  const make = (/** @type {string} */ name) => page.actions.addStudio(name);
  return html`<${NameDialog} title="New studio" action="Create" placeholder="Summer Campaign" run=${make} close=${close} />`;
}

/**
 * A dialog that asks for a name.
 *
 * @param {{ title: string, action: string, name?: string, placeholder?: string, children?: any,
 *   run: (name: string) => unknown, close: () => void }} properties
 */
export function NameDialog({ title, action, name = '', placeholder = '', children, run, close }) {
  const [typed, setTyped] = useState(name);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!typed.trim()) return;
    close();
    run(typed.trim());
  };
  const actions = html`<button type="button" class="button" onClick=${close}>Cancel</button>
    <button type="submit" form="name-form" class="button" data-kind="main" disabled=${!typed.trim()}>${action}</button>`;
  return html`<${Dialog} title=${title} close=${close} actions=${actions}>
    <form id="name-form" class="stack" onSubmit=${submit}>
      <label class="field"><span class="label">Name</span>
        <input autofocus maxlength="200" value=${typed} placeholder=${placeholder}
          onInput=${(/** @type {FieldEvent} */ event) => setTyped(event.currentTarget.value)} />
      </label>
      ${children}
    </form>
  </${Dialog}>`;
}
