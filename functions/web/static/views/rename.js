/**
 * A new name for a studio.
 *
 * @import { StudioSummary } from '../../types.d.ts'
 */

import { html } from './html.js';
import { NameDialog } from './new-studio.js';
import { usePage } from './page-state.js';

/** @param {{ studio: StudioSummary, close: () => void }} properties */
export default function Rename({ studio, close }) {
  const page = usePage();
  const run = (/** @type {string} */ name) => page.actions.renameStudio(name, studio.id);
  return html`<${NameDialog} title="Rename" action="Rename" name=${studio.name} run=${run} close=${close} />`;
}
