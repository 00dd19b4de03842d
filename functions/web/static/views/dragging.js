/** What is dragged over the page: products, slots, and files from outside. */

import { useState } from 'preact/hooks';

const KINDS = { product: 'application/x-scene-studio-product', slot: 'application/x-scene-studio-slot' };

/**
 * The attributes of something that can be dragged.
 *
 * @param {keyof typeof KINDS} kind
 * @param {string} id
 */
export function dragged(kind, id) {
  return {
    draggable: true,
    onDragStart: (/** @type {DragEvent} */ event) => {
      if (!event.dataTransfer) return;
      event.dataTransfer.setData(KINDS[kind], id);
      event.dataTransfer.effectAllowed = kind === 'slot' ? 'move' : 'copy';
    },
  };
}

/** Have a file that is dropped beside such a place do nothing: the browser would leave the page to show it. */
export function catchStrayFiles() {
  const keepPage = (/** @type {DragEvent} */ event) => {
    const isField = event.target instanceof Element && event.target.matches('input[type="file"]');
    if (isField || !event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'none';
  };
  addEventListener('dragover', keepPage);
  addEventListener('drop', keepPage);
}

/**
 * The attributes of a place where something can be dropped.
 *
 * @param {{ product?: (id: string) => void, slot?: (id: string) => void, files?: (files: File[]) => void }} takes
 */
export function useDrop(takes) {
  const [dropping, setDropping] = useState(false);
  const kindOf = (/** @type {DragEvent} */ event) => {
    const types = event.dataTransfer?.types ?? [];
    if (takes.files && types.includes('Files')) return 'files';
    return /** @type {(keyof typeof KINDS)[]} */ (['product', 'slot']).find(
      (kind) => takes[kind] && types.includes(KINDS[kind]),
    );
  };
  return {
    'data-dropping': dropping,
    onDragOver: (/** @type {DragEvent} */ event) => {
      if (!kindOf(event)) return;
      event.preventDefault();
      event.stopPropagation();
      setDropping(true);
    },
    onDragLeave: (/** @type {DragEvent} */ event) => {
      const into = /** @type {Node | null} */ (event.relatedTarget);
      if (!(/** @type {Node} */ (event.currentTarget).contains(into))) setDropping(false);
    },
    onDrop: (/** @type {DragEvent} */ event) => {
      const kind = kindOf(event);
      setDropping(false);
      if (!kind || !event.dataTransfer) return;
      event.preventDefault();
      event.stopPropagation();
      if (kind === 'files') takes.files?.([...event.dataTransfer.files]);
      else takes[kind]?.(event.dataTransfer.getData(KINDS[kind]));
    },
  };
}
