/**
 * A studio as this tab works on it: the document that was read last, and what has been made of it since.
 *
 * Four states of what people own stand behind one another: the document's; what it will be once a save that is on
 * its way has landed (`expected`); what is shown (`mine`); and, of the save, what it was made from. An entity tag
 * is only ever kept, and used, together with the document that it names.
 *
 * @import { FieldConflict, Owned, OwnedRow, SaveBody, SentSave, Slot, Studio, Tagged, UnsavedEdits } from '../types.d.ts'
 */

import { merge } from './merging.js';
import { fieldAs, fieldOf, findRow, liveRows, ownedBy, same, saveBody, withRow } from './owned.js';

const NOTHING = Object.freeze({ name: '', rows: [] });

export class WorkingCopy {
  /** @type {Tagged | null} */
  #read = null;
  /** @type {Owned} */
  #expected = NOTHING;
  /** @type {Owned} */
  #mine = NOTHING;
  /** @type {SentSave | null} */
  #sent = null;
  /**
   * Fields that the service refused as they are, and why; they are not sent again until they change.
   *
   * @type {Map<string, { slotId: string | null, field: string, value: any, words: string }>}
   */
  #refused = new Map();

  /** The document that was read last, with its tag; null before the first. */
  get read() {
    return this.#read;
  }

  /** What people own, as it is shown: the document's, with what is unsaved. */
  get mine() {
    return this.#mine;
  }

  /** The save that is on its way. */
  get sent() {
    return this.#sent;
  }

  /** Whether the document that was read last shows that the save on its way has landed. */
  get hasLanded() {
    return this.#sent !== null && this.#read !== null && !saveBody(ownedBy(this.#read.document), this.#expected);
  }

  /** Fields that the service would not take, each with the reason. */
  get refused() {
    return [...this.#refused.values()];
  }

  /** Whether anything here is not known to be saved. */
  get isUnsaved() {
    return this.#sent !== null || saveBody(this.#expected, this.#mine) !== null;
  }

  /** Whether there is something that could be sent now. */
  get isSendable() {
    return this.#read !== null && this.#sent === null && this.#body() !== null;
  }

  /** The unsaved edits, as they are to survive a closed tab; null if there are none. */
  get unsaved() {
    return this.isUnsaved ? { expected: this.#expected, mine: this.#mine, sent: this.#sent } : null;
  }

  /**
   * Change what people own.
   *
   * @param {(owned: Owned) => Owned} change pure
   * @returns {boolean} whether that changed anything
   */
  edit(change) {
    const changed = change(this.#mine);
    if (changed === this.#mine || same(changed, this.#mine)) return false;
    this.#mine = changed;
    this.#forgetRefusals();
    return true;
  }

  /**
   * Take up the unsaved edits of a tab that is gone. This copy must have none of its own.
   *
   * @param {UnsavedEdits} edits
   * @returns {FieldConflict[]} what others changed to other values meanwhile
   */
  resume({ expected, mine, sent }) {
    if (this.isUnsaved) throw new Error('there are unsaved edits here already');
    [this.#expected, this.#mine, this.#sent] = [expected, mine, sent];
    return this.#read ? this.take(this.#read.document, this.#read.tag) : [];
  }

  /**
   * Show a document that was read, under what is unsaved.
   *
   * @param {Studio} document
   * @param {string} tag that names just this document
   * @returns {FieldConflict[]} what both sides changed to different values; mine is shown, and will be saved
   */
  take(document, tag) {
    const theirs = ownedBy(document);
    if (this.#read === null && !this.isUnsaved) this.#expected = this.#mine = theirs;
    const next = this.#sent ? merge(this.#sent.base, this.#sent.mine, theirs).owned : theirs;
    const asked = this.#read ? askedSince(this.#read.document, document) : new Set();
    const merged = merge(this.#expected, this.#mine, next, { asked });
    this.#read = { document: shared(this.#read?.document, withoutRowTags(document)), tag };
    this.#expected = next;
    this.#mine = merged.owned;
    this.#forgetRefusals();
    return merged.conflicts;
  }

  /**
   * Begin a save of all that can be sent.
   *
   * @param {string} key its idempotency key
   * @param {number} now
   * @returns {SentSave | null} null if there is nothing to send
   */
  begin(key, now) {
    const body = this.#sent ? null : this.#body();
    if (!body || !this.#read) return null;
    const base = this.#expected;
    const mine = this.#takeable();
    this.#sent = { key, tag: this.#read.tag, base, mine, body, sentAt: now, isForeseen: haveSameSlots(base, mine) };
    this.#expected = mine;
    return this.#sent;
  }

  /**
   * The save was answered: it is in this document, with what others made.
   *
   * @param {Studio} document
   * @param {string} tag
   * @returns {FieldConflict[]} as `take` does
   */
  settle(document, tag) {
    this.#sent = null;
    return this.take(document, tag);
  }

  /**
   * The save was answered: it is what was sent, and nothing else came in between. Only where no slot came or went
   * is it known what the document is then.
   *
   * @param {string} tag that names the document as it is with the save
   */
  settleAsSent(tag) {
    const { document } = /** @type {Tagged} */ (this.#read);
    const { name, rows } = /** @type {SentSave} */ (this.#sent).mine;
    const slots = new Map(document.outputSlots.map((slot) => [slot.id, slot]));
    const outputSlots = rows.flatMap((row) => {
      const slot = slots.get(row.id);
      return slot ? [withRowOf(slot, row)] : [];
    });
    this.settle({ ...document, name, outputSlots }, tag);
  }

  /**
   * The save was refused, and nothing of it was written. What it was to save is unsaved as before.
   *
   * @returns {FieldConflict[]} as `take` does
   */
  drop() {
    if (this.#sent) this.#expected = this.#sent.base;
    this.#sent = null;
    return this.#read ? this.take(this.#read.document, this.#read.tag) : [];
  }

  /**
   * Leave a field out of saves until it is changed: the service would not take it.
   *
   * @param {string | null} slotId
   * @param {string} field
   * @param {string} words why
   */
  refuse(slotId, field, words) {
    this.#refused.set(`${slotId ?? ''} ${field}`, { slotId, field, words, value: this.#value(slotId, field) });
  }

  /** Forget all that is unsaved, and show the document as it was read. */
  discard() {
    this.#sent = null;
    this.#refused.clear();
    this.#expected = this.#mine = this.#read ? ownedBy(this.#read.document) : NOTHING;
  }

  /** @returns {SaveBody | null} */
  #body() {
    return saveBody(this.#expected, this.#takeable());
  }

  /** What is mine, but for what the service would not take. @returns {Owned} */
  #takeable() {
    let owned = this.#mine;
    for (const { slotId, field } of this.#refused.values()) {
      if (slotId === null) {
        owned = { ...owned, name: this.#expected.name };
        continue;
      }
      const before = findRow(this.#expected, slotId);
      const value = before ? fieldOf(before, field) : null;
      owned = withRow(owned, slotId, fieldAs(findRow(owned, slotId), field, value));
    }
    return owned;
  }

  #forgetRefusals() {
    for (const [name, { slotId, field, value }] of this.#refused) {
      if (!same(this.#value(slotId, field), value)) this.#refused.delete(name);
    }
  }

  /**
   * @param {string | null} slotId
   * @param {string} field
   */
  #value(slotId, field) {
    if (slotId === null) return this.#mine.name;
    const row = findRow(this.#mine, slotId);
    return row ? fieldOf(row, field) : null;
  }
}

/**
 * @param {Owned} one
 * @param {Owned} other
 */
function haveSameSlots(one, other) {
  const ids = (/** @type {Owned} */ owned) => liveRows(owned).map((row) => row.id).sort();
  return same(ids(one), ids(other));
}

/**
 * @param {Slot} slot
 * @param {OwnedRow} row
 * @returns {Slot}
 */
function withRowOf(slot, { deleted: _, outputImage, ...owned }) {
  const { outputImage: __, ...others } = slot;
  return { ...others, ...owned, ...(outputImage && { outputImage }) };
}

/**
 * The slots that were asked to generate between two documents.
 *
 * @param {Studio} before
 * @param {Studio} after
 * @returns {Set<string>}
 */
function askedSince(before, after) {
  const known = new Map(
    before.outputSlots.map((slot) => [slot.id, new Set([...slot.generation, ...slot.history].map((one) => one.id))]),
  );
  const isNew = (/** @type {Studio['outputSlots'][number]} */ slot) =>
    [...slot.generation, ...slot.history].some((one) => !known.get(slot.id)?.has(one.id));
  return new Set(after.outputSlots.filter((slot) => known.has(slot.id) && isNew(slot)).map((slot) => slot.id));
}

/**
 * The document without the tags of its rows: they change with every version, and the document has one of its own.
 *
 * @param {Studio} document
 * @returns {Studio}
 */
function withoutRowTags(document) {
  return { ...document, outputSlots: document.outputSlots.map(({ etag: _, ...slot }) => slot) };
}

/**
 * The value `after`, with every part that is as it was `before` being that very object, so that what did not
 * change is not drawn again.
 *
 * @param {any} before
 * @param {any} after
 * @returns {any}
 */
function shared(before, after) {
  if (before === after || typeof after !== 'object' || after === null) return after;
  if (Array.isArray(after)) {
    const old = new Map(Array.isArray(before) ? before.map((one, at) => [one?.id ?? at, one]) : []);
    const parts = after.map((one, at) => shared(old.get(one?.id ?? at), one));
    const isSame = Array.isArray(before) && before.length === parts.length && parts.every((one, at) => one === before[at]);
    return isSame ? before : parts;
  }
  const names = Object.keys(after);
  const old = typeof before === 'object' && before !== null && !Array.isArray(before) ? before : {};
  const parts = Object.fromEntries(names.map((name) => [name, shared(old[name], after[name])]));
  const isSame = Object.keys(old).length === names.length && names.every((name) => parts[name] === old[name]);
  return isSame && before ? before : parts;
}
