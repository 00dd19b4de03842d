/**
 * What people own in a studio, apart from what machines own: the part that is edited, merged and saved.
 *
 * @import { Owned, OwnedRow, SaveBody, Studio } from '../types.d.ts'
 */

const NEVER_WAS = Object.freeze({ productIds: [], settings: {}, favorites: [], outputImage: null });

/**
 * What people own in a document. Of a deleted slot a document tells only that it is deleted.
 *
 * @param {Studio} studio
 * @returns {Owned}
 */
export function ownedBy(studio) {
  const live = studio.outputSlots.map(({ id, productIds, settings, favorites, outputImage }) => ({
    id,
    deleted: false,
    productIds,
    settings,
    favorites,
    outputImage: outputImage ?? null,
  }));
  return { name: studio.name, rows: [...live, ...studio.deletedSlots.map(({ id }) => ({ id, deleted: true }))] };
}

/**
 * The row with this id, deleted or not.
 *
 * @param {Owned} owned
 * @param {string} id
 * @returns {OwnedRow | undefined}
 */
export function findRow(owned, id) {
  return owned.rows.find((row) => row.id === id);
}

/**
 * The rows that people see, in order.
 *
 * @param {Owned} owned
 */
export function liveRows(owned) {
  return owned.rows.filter((row) => !row.deleted);
}

/**
 * Whether it is known what is in a row.
 *
 * @param {OwnedRow | undefined} row
 * @returns {row is Required<OwnedRow>}
 */
export function isKnown(row) {
  return row?.settings !== undefined;
}

/**
 * A row with nothing in it.
 *
 * @param {string} id
 * @returns {Required<OwnedRow>}
 */
export function emptyRow(id) {
  return { id, deleted: false, ...NEVER_WAS };
}

/**
 * The studio with one row changed, or added at the end.
 *
 * @param {Owned} owned
 * @param {string} id
 * @param {Partial<OwnedRow>} members
 * @returns {Owned}
 */
export function withRow(owned, id, members) {
  const row = findRow(owned, id);
  if (!row) return { ...owned, rows: [...owned.rows, { ...emptyRow(id), ...members }] };
  const changed = { ...row, ...members };
  return same(row, changed) ? owned : { ...owned, rows: owned.rows.map((one) => (one === row ? changed : one)) };
}

/**
 * A field's value: a member of the row, or one of its settings.
 *
 * @param {OwnedRow} row
 * @param {string} field
 */
export function fieldOf(row, field) {
  const setting = settingName(field);
  const value = setting === null ? row[/** @type {keyof OwnedRow} */ (field)] : row.settings?.[setting];
  return value ?? null;
}

/**
 * The members that give a row's field this value.
 *
 * @param {OwnedRow | undefined} row
 * @param {string} field
 * @param {any} value null clears it
 * @returns {Partial<OwnedRow>}
 */
export function fieldAs(row, field, value) {
  const setting = settingName(field);
  if (setting === null) return { [field]: value };
  const { [setting]: _, ...others } = row?.settings ?? {};
  return { settings: value === null ? others : { ...row?.settings, [setting]: value } };
}

/**
 * Every field of these rows, by name.
 *
 * @param {OwnedRow[]} rows
 * @returns {string[]}
 */
export function fieldsOf(...rows) {
  const settings = new Set(rows.flatMap((row) => Object.keys(row.settings ?? {})));
  return ['productIds', 'outputImage', 'favorites', ...[...settings].map((name) => `settings.${name}`)];
}

/**
 * What a save has to say, so that `base` becomes `mine`: all rows in order, each with what changed in it. A row
 * that is left out is deleted.
 *
 * @param {Owned} base
 * @param {Owned} mine
 * @returns {SaveBody | null} null if there is nothing to save
 */
export function saveBody(base, mine) {
  /** @type {SaveBody} */
  const body = {};
  if (mine.name !== base.name) body.name = mine.name;
  const rows = liveRows(mine).map((row) => changedMembers(findRow(base, row.id), row));
  const before = liveRows(base).map((row) => row.id);
  const after = rows.map((row) => row.id);
  if (!same(before, after) || rows.some((row) => Object.keys(row).length > 1)) body.outputSlots = rows;
  return Object.keys(body).length ? body : null;
}

/**
 * A row as it is saved: what is not as it was in `base`, or all of it if it was not there.
 *
 * @param {OwnedRow | undefined} base
 * @param {OwnedRow} row
 */
function changedMembers(base, row) {
  /** @type {{ id: string } & Record<string, any>} */
  const members = { id: row.id };
  if (!isKnown(row)) return members;
  const before = isKnown(base) && !base.deleted ? base : null;
  for (const field of fieldsOf(...(before ? [before, row] : [row]))) {
    const value = fieldOf(row, field);
    if (before ? sameField(field, fieldOf(before, field), value) : value === null) continue;
    const setting = settingName(field);
    if (setting === null) members[field] = value;
    else members.settings = { ...members.settings, [setting]: value };
  }
  return members;
}

/**
 * The setting that a field is; null for a member of the row itself.
 *
 * @param {string} field
 * @returns {string | null}
 */
export function settingName(field) {
  return field.startsWith('settings.') ? field.slice('settings.'.length) : null;
}

/**
 * Whether a field has the same value; favourites are a set.
 *
 * @param {string} field
 * @param {any} one
 * @param {any} other
 */
export function sameField(field, one, other) {
  return field === 'favorites' ? same([...(one ?? [])].sort(), [...(other ?? [])].sort()) : same(one, other);
}

/**
 * Whether two JSON values are the same. A member that is undefined is none.
 *
 * @param {any} one
 * @param {any} other
 * @returns {boolean}
 */
export function same(one, other) {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  if (Array.isArray(one)) return one.length === other.length && one.every((item, at) => same(item, other[at]));
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((name) => same(one[name], other[name]));
}
