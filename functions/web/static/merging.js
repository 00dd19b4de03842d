/**
 * Three-way merge of what people own: base, mine and theirs, as the service does it.
 *
 * A document that is read while something is unsaved goes through here, so that it replaces what is shown but
 * never what is being typed. Where only one side changed a field, that side's value holds; where both did, to
 * different values, mine holds and the conflict is listed.
 *
 * @import { FieldConflict, Owned, OwnedRow } from '../types.d.ts'
 */

import {
  emptyRow,
  fieldAs,
  fieldOf,
  fieldsOf,
  findRow,
  isKnown,
  liveRows,
  same,
  sameField,
  settingName,
  withRow,
} from './owned.js';

/**
 * Merge what I made of `base` into what others made of it.
 *
 * @param {Owned} base
 * @param {Owned} mine
 * @param {Owned} theirs
 * @param {object} [options]
 * @param {Set<string>} [options.asked] slots that were asked to generate since; that counts as an edit by others
 * @param {'mine' | 'theirs'} [options.prefer] what holds in a conflict
 * @returns {{ owned: Owned, conflicts: FieldConflict[] }}
 */
export function merge(base, mine, theirs, { asked = new Set(), prefer = 'mine' } = {}) {
  const merging = new Merging(prefer, asked);
  const name = merging.value(null, 'name', base.name, mine.name, theirs.name);
  const ids = new Set([...theirs.rows, ...mine.rows].map((row) => row.id));
  const rows = new Map(
    [...ids].map((id) => [id, merging.row(findRow(base, id), findRow(mine, id), findRow(theirs, id))]),
  );
  const order = merging.order(base, mine, theirs, rows);
  const owned = { name, rows: order.map((id) => /** @type {OwnedRow} */ (rows.get(id))) };
  return { owned, conflicts: merging.conflicts };
}

/**
 * The studio with one field as one side of a conflict had it.
 *
 * @param {Owned} owned
 * @param {FieldConflict} conflict
 * @param {'mine' | 'theirs'} side
 * @returns {Owned}
 */
export function withSide(owned, conflict, side) {
  const { slotId, field, [side]: value } = conflict;
  const canBeNothing = field === 'outputImage' || settingName(field) !== null;
  if (value === null && !canBeNothing) return owned; // what the other side had is not known any more
  if (slotId === null) return field === 'name' ? { ...owned, name: value } : inOrder(owned, value);
  if (!findRow(owned, slotId)) return owned;
  return withRow(owned, slotId, fieldAs(findRow(owned, slotId), field, value));
}

/**
 * The studio with its rows in this order; those that are not named keep their place.
 *
 * @param {Owned} owned
 * @param {string[]} ids
 * @returns {Owned}
 */
export function inOrder(owned, ids) {
  const known = new Map(owned.rows.map((row) => [row.id, row]));
  const order = weave(
    ids.filter((id) => known.has(id)),
    [...known.keys()],
  );
  return { ...owned, rows: order.map((id) => /** @type {OwnedRow} */ (known.get(id))) };
}

class Merging {
  /** @type {FieldConflict[]} */
  conflicts = [];

  /**
   * @param {'mine' | 'theirs'} prefer
   * @param {Set<string>} asked
   */
  constructor(prefer, asked) {
    this.prefer = prefer;
    this.asked = asked;
  }

  /**
   * @param {string | null} slotId
   * @param {string} field
   * @param {any} base
   * @param {any} mine
   * @param {any} theirs
   */
  value(slotId, field, base, mine, theirs) {
    if (same(mine, theirs) || same(mine, base)) return theirs;
    if (same(theirs, base)) return mine;
    this.conflicts.push({ slotId, field, base, mine, theirs });
    return this.prefer === 'mine' ? mine : theirs;
  }

  /**
   * @param {OwnedRow | undefined} base
   * @param {OwnedRow | undefined} mine
   * @param {OwnedRow | undefined} theirs
   * @returns {OwnedRow}
   */
  row(base, mine, theirs) {
    if (!mine || !theirs) return /** @type {OwnedRow} */ (mine ?? theirs);
    if (base?.deleted && mine.deleted) return theirs.deleted ? mine : theirs;
    const deleted = this.deletion(base, mine, theirs);
    // What is in a slot that others deleted is not told; they did not change it.
    const before = isKnown(base) ? base : emptyRow(mine.id);
    const ours = isKnown(mine) ? mine : before;
    const others = isKnown(theirs) ? theirs : isKnown(base) ? base : ours;
    if (!isKnown(mine) && !isKnown(theirs)) return { ...theirs, deleted };
    let merged = { ...others, deleted };
    for (const field of fieldsOf(others, ours)) {
      const values = [before, ours, others].map((row) => fieldOf(row, field));
      const value =
        field === 'favorites'
          ? mergedSets(values[0] ?? [], values[1] ?? [], values[2] ?? [])
          : this.value(mine.id, field, values[0], values[1], values[2]);
      if (!sameField(field, value, fieldOf(merged, field))) merged = { ...merged, ...fieldAs(merged, field, value) };
    }
    return same(merged, mine) ? mine : merged;
  }

  /**
   * @param {OwnedRow | undefined} base
   * @param {OwnedRow} mine
   * @param {OwnedRow} theirs
   * @returns {boolean}
   */
  deletion(base, mine, theirs) {
    if (mine.deleted === theirs.deleted) return mine.deleted;
    const conflict = { slotId: mine.id, field: 'deleted', mine: mine.deleted, theirs: theirs.deleted };
    if (!base) {
      // Somebody added it and deleted it since; who has not seen that does not bring it back.
      this.conflicts.push({ ...conflict, base: null });
      return theirs.deleted;
    }
    if (base.deleted) return false;
    const keeper = mine.deleted ? theirs : mine;
    const edited =
      fieldsOf(base, keeper).some((field) => !sameField(field, fieldOf(base, field), fieldOf(keeper, field))) ||
      (mine.deleted && this.asked.has(mine.id));
    if (edited) this.conflicts.push({ ...conflict, base: base.deleted });
    return !edited;
  }

  /**
   * @param {Owned} base
   * @param {Owned} mine
   * @param {Owned} theirs
   * @param {Map<string, OwnedRow>} merged
   * @returns {string[]}
   */
  order(base, mine, theirs, merged) {
    const before = base.rows.map((row) => row.id);
    const shown = (/** @type {Owned} */ owned) => liveRows(owned).map((row) => row.id);
    const kept = (/** @type {string} */ id) => merged.get(id)?.deleted === false;
    // A slot that one side deleted and the merge keeps has, for that side, the place it had before.
    const wanted = weave(shown(mine), before).filter(kept);
    const current = weave(shown(theirs), before).filter(kept);
    const mineMoved = isReordered(before, wanted);
    const theirsMoved = isReordered(before, current);
    const conflict = mineMoved === theirsMoved && isReordered(wanted, current);
    if (conflict) {
      const sides = { base: shown(base), mine: shown(mine), theirs: shown(theirs) };
      this.conflicts.push({ slotId: null, field: 'outputSlots', ...sides });
    }
    const takeTheirs = (theirsMoved && !mineMoved) || (conflict && this.prefer === 'theirs');
    const rows = takeTheirs ? weave(current, wanted) : weave(wanted, current);
    const ids = (/** @type {Owned} */ owned) => owned.rows.map((row) => row.id);
    return weave(weave(rows, ids(theirs)), ids(mine));
  }
}

/**
 * The ids of both, in the order of `primary`; each that only `secondary` has keeps its place there.
 *
 * @param {string[]} primary
 * @param {string[]} secondary
 * @returns {string[]}
 */
function weave(primary, secondary) {
  const woven = [...primary];
  const have = new Set(primary);
  let previous = null;
  for (const id of secondary) {
    if (!have.has(id)) {
      woven.splice(previous === null ? 0 : woven.indexOf(previous) + 1, 0, id);
      have.add(id);
    }
    previous = id;
  }
  return woven;
}

/**
 * @param {string[]} before
 * @param {string[]} after
 */
function isReordered(before, after) {
  const common = before.filter((id) => after.includes(id));
  return !same(
    common,
    after.filter((id) => common.includes(id)),
  );
}

/**
 * A mark is there or not, so two sides that both change one agree: sets never conflict.
 *
 * @param {string[]} base
 * @param {string[]} mine
 * @param {string[]} theirs
 * @returns {string[]}
 */
function mergedSets(base, mine, theirs) {
  const removed = new Set(base.filter((one) => !mine.includes(one)));
  const added = mine.filter((one) => !base.includes(one));
  return [...new Set([...theirs.filter((one) => !removed.has(one)), ...added])];
}
