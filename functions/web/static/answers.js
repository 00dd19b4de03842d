/**
 * What answers to saves say beside the document: conflicts, parts that were not taken, fields that are refused.
 *
 * @import { FieldConflict, SentSave, Studio } from '../types.d.ts'
 * @import { RequestFailed } from './problems.js'
 */

/**
 * The parts of an answer that brings a whole studio.
 *
 * @param {any} body
 * @returns {{ document: Studio, conflicts: FieldConflict[], ignored: string[] }}
 */
export function partsOf(body) {
  const { merge, ...document } = body;
  return {
    document,
    conflicts: (merge?.conflicts ?? []).map(fieldConflict),
    ignored: (merge?.ignored ?? []).map((/** @type {{ message: string }} */ { message }) => message),
  };
}

/**
 * The fields for which a save was refused, if it was for fields alone.
 *
 * @param {RequestFailed} error
 * @param {SentSave} sent
 * @returns {{ slotId: string | null, field: string, words: string }[]} none if it was for anything else
 */
export function refusedFields({ problem }, sent) {
  const errors = Array.isArray(problem.errors) ? problem.errors : [];
  const found = errors.map(({ field, message }) => ({ ...fieldAt(String(field), sent), words: message }));
  return found.every(({ field }) => field) ? found : [];
}

/**
 * A conflict as the service lists it: those of the studio itself have a pointer alone.
 *
 * @param {Pick<FieldConflict, 'base' | 'mine' | 'theirs'> & { pointer: string, slotId?: string | null, field?: string }} listed
 * @returns {FieldConflict}
 */
function fieldConflict({ pointer, slotId = null, field = pointer.slice(1), base, mine, theirs }) {
  return { slotId, field, base, mine, theirs };
}

/**
 * The field of a studio that a pointer into a save's body names.
 *
 * @param {string} pointer such as `/outputSlots/0/settings/promptText`
 * @param {SentSave} sent
 * @returns {{ slotId: string | null, field: string }} an empty field if it is about more than one
 */
function fieldAt(pointer, { body }) {
  const [first, index, member, setting] = pointer.split('/').slice(1);
  if (first === 'name') return { slotId: null, field: 'name' };
  const slotId = (first === 'outputSlots' && body.outputSlots?.[Number(index)]?.id) || null;
  if (!slotId || !member || member === 'id') return { slotId: null, field: '' };
  return { slotId, field: member === 'settings' && setting ? `settings.${setting}` : member };
}
