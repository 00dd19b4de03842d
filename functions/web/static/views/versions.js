/**
 * Time travel: every version of the studio in words, to look at and to restore.
 *
 * @typedef {import('./page-state.js').Version} VersionShape
 */

import { useEffect, useRef, useState } from 'preact/hooks';
import { Empty } from './controls.js';
import { Dialog } from './dialog.js';
import { html } from './html.js';
import { usePage } from './page-state.js';
import { More } from './revisions.js';
import { dayOf, timeOfDay } from './words.js';

const MOST_WORDS = 4;

/** @param {{ close: () => void }} properties */
export default function Versions({ close }) {
  const page = usePage();
  const [versions, setVersions] = useState(/** @type {VersionShape[]} */ ([]));
  const [cursor, setCursor] = useState(/** @type {string | null | undefined} */ (undefined));
  const reading = useRef(false);
  const read = async () => {
    if (reading.current) return;
    reading.current = true;
    try {
      const part = await page.data.versions({ cursor: cursor || undefined });
      setVersions((before) => [...before, ...part.items]);
      setCursor(part.nextCursor ?? null);
    } finally {
      reading.current = false;
    }
  };
  const days = [...new Set(versions.map((one) => dayOf(one.savedAt)))];
  return html`<${Dialog} title="History" kind="side" close=${close}>
    ${cursor === null && !versions.length && html`<${Empty} icon="history" title="No versions" />`}
    ${days.map((day) => html`<section key=${day}>
      <h3 class="day">${day}</h3>
      <ul class="list">
        ${versions.filter((one) => dayOf(one.savedAt) === day).map((version) => html`<${Version} key=${version.version} version=${version}
          before=${versions[versions.indexOf(version) + 1]} newest=${version === versions[0]} close=${close} />`)}
      </ul>
    </section>`)}
    <${More} more=${cursor === null ? null : read} />
  </${Dialog}>`;
}

/**
 * One version: what was done in it is asked for once it comes into sight.
 *
 * @param {{ version: VersionShape, before?: VersionShape, newest: boolean, close: () => void }} properties
 */
function Version({ version, before, newest, close }) {
  const page = usePage();
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  const [words, setWords] = useState(/** @type {string[] | null} */ (null));
  useEffect(() => {
    if (!before || words || !element.current) return undefined;
    const watch = new IntersectionObserver(async (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watch.disconnect();
      const compared = await page.data.compareVersions(before.version, version.version).catch(() => null);
      setWords(compared ? compared.changes.map((/** @type {{ words: string }} */ change) => change.words) : []);
    });
    watch.observe(element.current);
    return () => watch.disconnect();
  }, [before?.version]);
  const look = () => {
    close();
    page.actions.lookAt(version);
  };
  // Nothing that people own changed: pictures were asked for.
  if (words && !words.length && !newest) return null;
  return html`<li class="entry" ref=${element}>
    <div class="row">
      <span class="numbers grow">${timeOfDay(version.savedAt)}${newest && html` <span class="muted">· now</span>`}</span>
      ${!newest && html`
        <button type="button" class="button" data-kind="quiet" onClick=${look}>Look</button>
        <button type="button" class="button" onClick=${() => page.actions.restore(version)}>Restore</button>`}
    </div>
    <${Words} words=${words} first=${!before} />
  </li>`;
}

/** @param {{ words: string[] | null, first: boolean }} properties */
function Words({ words, first }) {
  if (first) return html`<p class="muted">The oldest version that is kept</p>`;
  if (!words) return html`<p class="muted" aria-busy="true">…</p>`;
  if (!words.length) return html`<p class="muted">Pictures under way</p>`;
  const more = words.length - MOST_WORDS;
  return html`<ul>
    ${words.slice(0, MOST_WORDS).map((one) => html`<li key=${one}>${one}</li>`)}
    ${more > 0 && html`<li class="muted">and ${more} more</li>`}
  </ul>`;
}
