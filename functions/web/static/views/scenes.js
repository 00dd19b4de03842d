/**
 * The scenes: those of the team's own, which are dropped here as files, and those from stock.
 *
 * @import { Scene as SceneShape } from '../../types.d.ts'
 */

import { useState } from 'preact/hooks';
import { Menu, NameEditor } from './controls.js';
import { useDrop } from './dragging.js';
import { chooseFiles } from './files.js';
import { html } from './html.js';
import { Icon } from './icons.js';
import { usePage } from './page-state.js';
import { Picture } from './picture.js';
import { Uploads } from './uploads.js';

export default function Scenes() {
  const page = usePage();
  const own = page.data.studio.value?.userScenes ?? [];
  const drop = useDrop({ files: (files) => page.actions.addScenes(files) });
  const choose = () => chooseFiles((files) => page.actions.addScenes(files), { multiple: true });
  return html`<div ...${drop}>
    <div class="tools">
      <button type="button" class="button" onClick=${choose}>
        <${Icon} name="upload" />Upload a scene
      </button>
    </div>
    ${own.length === 0 && html`<p class="drop-hint">Drop your own pictures here and place products in them.</p>`}
    <${Uploads} kind="scene" />
    ${own.length > 0 && html`<h2 class="tools">Your scenes</h2>`}
    <ul class="things">${own.map((scene) => html`<${Scene} key=${scene.id} scene=${scene} own=${true} />`)}</ul>
    <h2 class="tools">From stock</h2>
    <ul class="things">
      ${(page.data.stockScenes.value ?? []).map((scene) => html`<${Scene} key=${scene.id} scene=${scene} />`)}
    </ul>
  </div>`;
}

/** @param {{ scene: SceneShape, own?: boolean }} properties */
function Scene({ scene, own = false }) {
  const page = usePage();
  const [renaming, setRenaming] = useState(false);
  const slot = page.data.studio.value?.outputSlots.find((one) => one.id === page.selected.value);
  const chosen = slot?.settings.scene?.id === scene.id;
  const usable = Boolean(scene.imageUrl);
  const items = [
    { label: 'Use in this slot', icon: 'check', run: () => page.actions.useScene(scene), disabled: !usable || !slot },
    { label: 'Rename', icon: 'edit', run: () => setRenaming(true) },
    { label: 'Replace the picture…', icon: 'upload', run: () => page.actions.replaceScene(scene.id) },
    { label: 'Delete', icon: 'trash', danger: true, run: () => page.actions.removeScene(scene) },
  ];
  return html`<li class="thing" data-chosen=${chosen}>
    <button type="button" class="thing-face" disabled=${!usable} aria-pressed=${chosen}
      onClick=${() => page.actions.useScene(scene)} title=${scene.name}>
      <span class="thing-picture" data-kind="scene">
        <${Picture} address=${scene.thumbnailUrl ?? scene.imageUrl} alt="" size=${own ? 'thumb' : 'full'} />
      </span>
      ${!renaming && html`<span class="thing-name">${scene.name || 'Scene'}</span>`}
      <${SceneState} scene=${scene} />
    </button>
    ${renaming &&
    html`<${NameEditor} name=${scene.name} label="Name of the scene" editing=${true}
      save=${(/** @type {string} */ name) => page.actions.renameScene(scene.id, name)} done=${() => setRenaming(false)} />`}
    ${own && html`<${Menu} label=${`More about ${scene.name || 'this scene'}`} items=${items} />`}
  </li>`;
}

/** @param {{ scene: SceneShape }} properties */
function SceneState({ scene }) {
  if (scene.state === 'PROCESSING') return html`<span class="tiny muted">Being made ready…</span>`;
  if (scene.state === 'REJECTED') return html`<span class="tiny rejected">${scene.reason ?? 'Cannot be used'}</span>`;
  return null;
}
