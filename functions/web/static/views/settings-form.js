/**
 * All settings of a slot. A change is there at once and is saved by itself.
 *
 * @import { FieldEvent, Scene, Settings, Slot } from '../../types.d.ts'
 */

import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { TextField } from './controls.js';
import { html } from './html.js';
import { Icon } from './icons.js';
import { usePage } from './page-state.js';
import { Picture } from './picture.js';
import { DEFAULT_SETTINGS } from '../settings.js';
import { SUGGESTIONS } from './suggestions.js';
import { label, setting } from './words.js';

/** @typedef {keyof typeof SUGGESTIONS} Offered */
/** @typedef {{ settings: Settings, set: (name: string, value: unknown) => void }} Part */

const OTHER = '\u0000other';
const LONGEST_TEXT = 4000;
const LONGEST_NAME = 100;

/** @param {{ slot: Slot }} properties */
export function SettingsForm({ slot }) {
  const page = usePage();
  const settings = slot.settings;
  const set = (/** @type {string} */ name, /** @type {unknown} */ value) =>
    page.actions.changeSettings(slot.id, { [name]: value });
  const parts = { settings, set };
  return html`
    <section class="section" aria-label="Scene">
      <${SceneChoice} scene=${settings.scene} />
    </section>
    <section class="section" aria-label="Look">
      <div class="pair">
        <${Choice} name="roomType" ...${parts} /><${Choice} name="style" ...${parts} />
        <${Choice} name="lighting" ...${parts} /><${Choice} name="cameraAngle" ...${parts} />
        <${Choice} name="surroundings" ...${parts} /><${Choice} name="colorScheme" ...${parts} />
      </div>
      <${AspectRatio} ...${parts} />
      <${Range} name="varietyLevel" min="0" max="10" step="1" low="As asked" high="Surprising" ...${parts} />
      <${Props} ...${parts} />
      <div class="pair"><${Switch} name="colorTheme" ...${parts} /><${Switch} name="accessories" ...${parts} /></div>
    </section>
    <section class="section" aria-label="Words">
      <${LongText} name="promptText" placeholder="What else should be seen?" ...${parts} />
      <details>
        <summary>More settings</summary>
        <div class="stack">
          <${LongText} name="negativePrompt" placeholder="people, text, mirrors" ...${parts} />
          <${Placement} ...${parts} />
          <${Range} name="shadowStrength" min="0" max="1" step="0.05" low="None" high="Dark" optional=${0.5} ...${parts} />
          <${Seed} ...${parts} />
        </div>
      </details>
    </section>`;
}

/**
 * One of what is suggested, or anything else.
 *
 * @param {{ name: Offered } & Part} properties
 */
function Choice({ name, settings, set }) {
  const id = useId();
  const value = String(setting(settings, name));
  const [typing, setTyping] = useState(false);
  const select = useRef(/** @type {HTMLElement | null} */ (null));
  const byKey = useRef(false);
  useEffect(() => {
    if (!typing && byKey.current) select.current?.focus();
    byKey.current = false;
  }, [typing]);
  const offered = SUGGESTIONS[name].includes(value) || !value ? SUGGESTIONS[name] : [value, ...SUGGESTIONS[name]];
  const onChange = (/** @type {any} */ event) => {
    if (event.target.value === OTHER) setTyping(true);
    else set(name, event.target.value);
  };
  const finish = (/** @type {any} */ event) => {
    const typed = event.target.value.trim();
    if (typed) set(name, typed);
    setTyping(false);
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    byKey.current = true;
    const field = /** @type {HTMLInputElement} */ (event.target);
    if (event.key === 'Escape') field.value = ''; // the field is left as it goes, which would set what is in it
    finish(event);
  };
  return html`<div class="field">
    <label for=${id}>${label(name)}</label>
    ${typing
      ? html`<input id=${id} maxlength=${LONGEST_NAME} autofocus placeholder="In your own words" onBlur=${finish}
          onKeyDown=${onKeyDown} ref=${(/** @type {HTMLElement | null} */ field) => field?.focus()} />`
      : html`<select id=${id} ref=${select} value=${value} onChange=${onChange}>
          ${offered.map((one) => html`<option key=${one} value=${one}>${one}</option>`)}
          <option value=${OTHER}>Other…</option>
        </select>`}
  </div>`;
}

/**
 * A rectangle of each shape.
 *
 * @param {Part} properties
 */
function AspectRatio({ settings, set }) {
  const group = useId();
  const value = setting(settings, 'aspectRatio');
  return html`<fieldset class="field">
    <legend>${label('aspectRatio')}</legend>
    <div class="chips">
      ${SUGGESTIONS.aspectRatio.map((ratio) => {
        const [width, height] = ratio.split(':').map(Number);
        const scale = 13 / Math.max(width, height);
        return html`<label class="chip numbers" key=${ratio}>
          <input type="radio" name=${group} value=${ratio} checked=${ratio === value}
            onChange=${() => set('aspectRatio', ratio)} />
          <span class="shape" style=${{ width: `${width * scale}px`, height: `${height * scale}px` }}></span>${ratio}
        </label>`;
      })}
    </div>
  </fieldset>`;
}

/**
 * A number on a scale; with `optional`, none is a value too, and this is where the scale begins.
 *
 * @param {{ name: string, min: number, max: number, step: number, low: string, high: string, optional?: number } & Part} properties
 */
function Range({ name, settings, set, min, max, step, low, high, optional = undefined }) {
  const id = useId();
  const value = setting(settings, name);
  const chosen = value !== undefined && value !== null;
  return html`<div class="field">
    <div class="row">
      <label class="grow label" for=${id}>${label(name)}</label>
      <output class="small numbers" for=${id}>${chosen ? value : 'As it suits'}</output>
      ${optional !== undefined && chosen &&
      html`<button type="button" class="link tiny" onClick=${() => set(name, null)}>Reset</button>`}
    </div>
    <input type="range" id=${id} min=${min} max=${max} step=${step} value=${chosen ? value : optional}
      aria-valuetext=${chosen ? undefined : 'As it suits'} onInput=${(/** @type {FieldEvent} */ event) => set(name, event.currentTarget.valueAsNumber)} />
    <div class="row tiny muted" aria-hidden="true"><span class="grow">${low}</span><span>${high}</span></div>
  </div>`;
}

/** @param {Part} properties */
function Props({ settings, set }) {
  const id = useId();
  const chosen = /** @type {string[]} */ (setting(settings, 'props'));
  const all = [...SUGGESTIONS.props, ...chosen.filter((one) => !SUGGESTIONS.props.includes(one))];
  const toggle = (/** @type {string} */ one) =>
    set('props', chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one]);
  const onKeyDown = (/** @type {any} */ event) => {
    const typed = event.target.value.trim();
    if (event.key !== 'Enter' || !typed) return;
    if (!chosen.includes(typed)) toggle(typed);
    event.target.value = '';
  };
  return html`<fieldset class="field">
    <legend>${label('props')}</legend>
    <div class="chips">
      ${all.map(
        (one) => html`<button type="button" class="chip" key=${one} aria-pressed=${chosen.includes(one)}
          onClick=${() => toggle(one)}>${one}</button>`,
      )}
      <input id=${id} class="chip-field" maxlength=${LONGEST_NAME} placeholder="Another…" aria-label="Another prop"
        onKeyDown=${onKeyDown} />
    </div>
  </fieldset>`;
}

/** @param {{ name: string } & Part} properties */
function Switch({ name, settings, set }) {
  return html`<label class="check">
    <input type="checkbox" checked=${setting(settings, name)}
      onChange=${(/** @type {FieldEvent} */ event) => set(name, event.currentTarget.checked)} />
    ${label(name)}
  </label>`;
}

/** @param {{ name: string, placeholder: string } & Part} properties */
function LongText({ name, settings, set, placeholder }) {
  const id = useId();
  return html`<div class="field">
    <label for=${id}>${label(name)}</label>
    <${TextField} element="textarea" id=${id} rows="3" maxlength=${LONGEST_TEXT} placeholder=${placeholder}
      value=${settings[name] ?? ''} onText=${(/** @type {string} */ text) => set(name, text || (name in DEFAULT_SETTINGS ? '' : null))} />
  </div>`;
}

const PLACES = {
  x: { label: 'Left to right', min: 0, max: 1, step: 0.01, usual: 0.5 },
  y: { label: 'Top to bottom', min: 0, max: 1, step: 0.01, usual: 0.8 },
  scale: { label: 'Size', min: 0.1, max: 4, step: 0.05, usual: 1 },
  rotation: { label: 'Turn', min: -180, max: 180, step: 1, usual: 0 },
};

/**
 * Where the products stand; what is not chosen is as it looks best.
 *
 * @param {Part} properties
 */
function Placement({ settings, set }) {
  const group = useId();
  const placement = settings.placement ?? {};
  const change = (/** @type {string} */ member, /** @type {number} */ value) =>
    set('placement', { ...placement, [member]: value });
  return html`<fieldset class="field">
    <legend>${label('placement')}</legend>
    ${Object.entries(PLACES).map(([member, { label: words, usual, ...range }]) => {
      const id = `${group}-${member}`;
      return html`<div class="row" key=${member}>
        <label class="small placement-label" for=${id}>${words}</label>
        <input type="range" id=${id} ...${range} value=${placement[member] ?? usual}
          aria-valuetext=${member in placement ? undefined : 'As it looks best'}
          onInput=${(/** @type {FieldEvent} */ event) => change(member, event.currentTarget.valueAsNumber)} />
        <output class="small numbers placement-value" for=${id}>${placement[member] ?? '–'}</output>
      </div>`;
    })}
    ${settings.placement &&
    html`<button type="button" class="link tiny" onClick=${() => set('placement', null)}>As it looks best</button>`}
  </fieldset>`;
}

/** @param {Part} properties */
function Seed({ settings, set }) {
  const id = useId();
  const onInput = (/** @type {any} */ event) => {
    const field = event.target;
    if (field.validity.valid) set('seed', field.value === '' ? null : field.valueAsNumber);
  };
  return html`<div class="field">
    <label for=${id}>${label('seed')}</label>
    <input type="number" id=${id} min="0" max="4294967294" step="1" inputmode="numeric"
      placeholder="A new one for each picture" value=${settings.seed ?? ''} onInput=${onInput} />
  </div>`;
}

/**
 * Where the products are placed: a room that is made for the picture, or one of the scenes.
 *
 * @param {{ scene?: Scene }} properties
 */
function SceneChoice({ scene }) {
  const page = usePage();
  const [open, setOpen] = useState(false);
  const scenes = [
    ...(page.data.studio.value?.userScenes ?? []).filter((one) => one.imageUrl),
    ...(page.data.stockScenes.value ?? []),
  ];
  const choose = (/** @type {any} */ one) => {
    page.actions.useScene(one);
    setOpen(false);
  };
  return html`
    <div class="row">
      <span class="mini">
        ${scene ? html`<${Picture} address=${scene.imageUrl} alt="" size="thumb" />` : html`<${Icon} name="image" />`}
      </span>
      <div class="grow">
        <p class="label">Scene</p>
        <p class="ellipsis">${scene ? scene.name || 'Scene' : 'A new room'}</p>
      </div>
      <button type="button" class="button" aria-expanded=${open} onClick=${() => setOpen(!open)}>Change</button>
    </div>
    ${open &&
    html`<ul class="scene-choice">
      <li>
        <button type="button" class="thing-face" aria-pressed=${!scene} onClick=${() => choose(null)}>
          <span class="thing-picture" data-kind="scene"><${Icon} name="image" /></span>
          <span class="thing-name">A new room</span>
        </button>
      </li>
      ${scenes.map(
        (one) => html`<li key=${one.id} class="thing" data-chosen=${one.id === scene?.id}>
          <button type="button" class="thing-face" aria-pressed=${one.id === scene?.id} onClick=${() => choose(one)}>
            <span class="thing-picture" data-kind="scene"><${Picture} address=${one.imageUrl} alt="" size="thumb" /></span>
            <span class="thing-name">${one.name || 'Scene'}</span>
          </button>
        </li>`,
      )}
    </ul>`}`;
}
