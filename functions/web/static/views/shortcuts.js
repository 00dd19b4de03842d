/** The keyboard: one key for what is done all day. */

/** What each key does, in the words of the list that `?` shows. */
export const SHORTCUTS = [
  { keys: '← → ↑ ↓', words: 'Go from slot to slot, or from revision to revision' },
  { keys: 'Enter', words: 'Open the chosen slot' },
  { keys: 'E', words: 'Execute the chosen slot' },
  { keys: 'Shift E', words: 'Execute all slots' },
  { keys: 'N', words: 'New slot' },
  { keys: 'P', words: 'Find a product' },
  { keys: 'F', words: 'Mark the picture as favourite' },
  { keys: 'D', words: 'Download the picture' },
  { keys: 'C', words: 'Compare with another revision' },
  { keys: 'Alt ← →', words: 'Move the slot' },
  { keys: 'Delete', words: 'Delete the slot' },
  { keys: 'H', words: 'History of the studio' },
  { keys: 'Ctrl Z', words: 'Undo; with Shift, redo' },
  { keys: '?', words: 'This list' },
];

/**
 * Do what a key means, unless somebody is typing or a dialog is open.
 *
 * @param {import('./page-state.js').PageState} page
 * @param {KeyboardEvent} event
 */
export function onShortcut(page, event) {
  const target = /** @type {HTMLElement} */ (event.target);
  const typing = target.closest('input:not([type=range], [type=checkbox], [type=radio]), textarea, select');
  if (typing || page.dialog.value || event.defaultPrevented || target.closest('[popover]')) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z') {
    event.preventDefault();
    if (event.shiftKey) page.actions.redo();
    else page.actions.undo();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.shiftKey && event.key !== '?' ? `Shift ${event.key.toUpperCase()}` : event.key.toLowerCase();
  const run = commands(page)[key];
  if (!run) return;
  event.preventDefault();
  run();
}

/** @param {import('./page-state.js').PageState} page @returns {Record<string, () => unknown>} */
function commands(page) {
  const slots = page.data.studio.value?.outputSlots ?? [];
  const slot = slots.find((one) => one.id === page.selected.value);
  const shown = slot?.history.find((one) => one.url === slot.outputImage);
  const filled = slots.filter((one) => one.productIds.length).map((one) => one.id);
  return {
    e: () => slot?.productIds.length && page.actions.execute([slot.id]),
    'Shift E': () => filled.length && page.actions.execute(filled),
    n: () => page.actions.addSlot([]),
    p: () => focusOn('#find-product, .library .thing-face'),
    f: () => slot && shown && page.actions.toggleFavorite(slot, shown.id),
    d: () => slot && shown && page.actions.download(slot, shown),
    c: () => slot && slot.historyCount > 1 && page.open('viewer', { slotId: slot.id, comparing: true }),
    h: () => page.open('versions'),
    '?': () => page.open('shortcuts'),
  };
}

function focusOn(/** @type {string} */ selector) {
  /** @type {HTMLElement | null} */ (document.querySelector(selector))?.focus();
}
