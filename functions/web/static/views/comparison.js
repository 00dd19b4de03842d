/**
 * Two pictures in one frame, with a line to draw from side to side.
 *
 * @import { FieldEvent, Revision } from '../../types.d.ts'
 */

import { useState } from 'preact/hooks';
import { html } from './html.js';
import { Picture } from './picture.js';
import { moment, setting } from './words.js';

const STEP = 1;

/** @param {{ one: Revision, other: Revision }} properties `one` is seen left of the line */
export function Comparison({ one, other }) {
  const [at, setAt] = useState(50);
  return html`<div class="comparison" style=${{ '--at': `${at}%`, '--ratio': ratio(one) }}>
    <${Picture} address=${one.url} alt=${`Left: revision of ${moment(one.timestamp)}`} eager=${true} />
    <${Picture} address=${other.url} alt=${`Right: revision of ${moment(other.timestamp)}`} eager=${true} />
    <input type="range" class="comparison-slider" min="0" max="100" step=${STEP} value=${at}
      aria-label="Where the left picture ends" aria-valuetext=${`${at} percent`}
      onInput=${(/** @type {FieldEvent} */ event) => setAt(event.currentTarget.valueAsNumber)} />
    <span class="comparison-line" aria-hidden="true"></span>
    <span class="comparison-tag" data-side="left" aria-hidden="true">${moment(one.timestamp)}</span>
    <span class="comparison-tag" data-side="right" aria-hidden="true">${moment(other.timestamp)}</span>
  </div>`;
}

/** The width of a picture by its height. */
function ratio(/** @type {Revision} */ { width, height, settings }) {
  const [wide, high] = width && height ? [width, height] : setting(settings, 'aspectRatio').split(':').map(Number);
  return wide / high;
}
