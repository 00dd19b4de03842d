/**
 * The revisions of each slot as far as this page has seen them: those in the studio, and older ones that it asked for.
 *
 * @import { Revision, Slot } from '../../types.d.ts'
 */

import { signal } from '@preact/signals';
import { usePage } from './page-state.js';

const AT_ONCE = 60;

/**
 * @typedef {object} Seen
 * @property {Map<string, Revision>} revisions by their ids
 * @property {string | null | undefined} cursor of those that follow; undefined before the first, null at the end
 * @property {boolean} isReading
 * @property {import('@preact/signals').Signal<number>} changes how often something was added
 */

/** @type {Map<string, Seen>} */
const known = new Map();

/**
 * A slot's revisions that are known, newest first, and what asks for older ones.
 *
 * @param {Slot} slot
 * @returns {{ revisions: Revision[], more: (() => Promise<void>) | null }} no `more` where there are none
 */
export function useHistory(slot) {
  const { data } = usePage();
  const place = `${data.studio.value?.id}/${slot.id}`;
  const seen = seenOf(place);
  // Those that have folded out of the studio since they were seen stay known.
  for (const revision of slot.history) seen.revisions.set(revision.id, revision);
  void seen.changes.value;
  const revisions = [...seen.revisions.values()].sort((one, other) => other.timestamp - one.timestamp);
  const isAll = revisions.length >= slot.historyCount || seen.cursor === null;
  return { revisions, more: isAll ? null : () => readOlder(data, slot.id, seen) };
}

/** @param {import('../data-context.js').DataContext} data @param {string} slotId @param {Seen} seen */
async function readOlder(data, slotId, seen) {
  if (seen.isReading) return;
  seen.isReading = true;
  try {
    const part = await data.history(slotId, { cursor: seen.cursor ?? undefined, limit: AT_ONCE });
    for (const revision of part.items) seen.revisions.set(revision.id, revision);
    seen.cursor = part.nextCursor ?? null;
    seen.changes.value += 1;
  } finally {
    seen.isReading = false;
  }
}

/** @param {string} place a slot may have the same id in two studios */
function seenOf(place) {
  let seen = known.get(place);
  if (!seen) {
    seen = { revisions: new Map(), cursor: undefined, isReading: false, changes: signal(0) };
    known.set(place, seen);
  }
  return seen;
}
