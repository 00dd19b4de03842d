/**
 * A copy of a studio: its slots and settings alone, or with all their pictures.
 *
 * @import { FieldEvent, Studio, StudioSummary } from '../../types.d.ts'
 */

import { useState } from 'preact/hooks';
import { html } from './html.js';
import { NameDialog } from './new-studio.js';
import { usePage } from './page-state.js';

/** @param {{ studio: Studio | StudioSummary, close: () => void }} properties */
export default function Duplicate({ studio, close }) {
  const page = usePage();
  const [withHistory, setWithHistory] = useState(false);
  const run = (/** @type {string} */ name) => page.actions.duplicateStudio(studio.id, { name, withHistory });
  return html`<${NameDialog} title="Duplicate" action="Duplicate" name=${`${studio.name.slice(0, 190)} (copy)`} run=${run} close=${close}>
    <label class="check">
      <input type="checkbox" checked=${withHistory} onChange=${(/** @type {FieldEvent} */ event) => setWithHistory(event.currentTarget.checked)} />
      With all its pictures
    </label>
  </${NameDialog}>`;
}
