/**
 * One studio at work: its working copy, its reading and saving, its pictures in the making, and what the page is shown of it.
 *
 * @import { Clock, Conflict, FieldConflict, Kept, Owned, OwnedRow, SaveState, Slot, Studio } from '../types.d.ts'
 * @import { Answer, Api } from './api.js'
 */

import { batch, computed, signal } from '@preact/signals-core';
import { Generation } from './generation.js';
import { withSide } from './merging.js';
import { isKnown, liveRows } from './owned.js';
import { RequestFailed } from './problems.js';
import { Reading } from './reading.js';
import { Saving } from './saving.js';
import { Undoing } from './undoing.js';
import { WorkingCopy } from './working-copy.js';

const NOT_THERE = 'This studio is not there any more, so what you changed in it cannot be saved.';

/**
 * How far the opening of a studio is.
 *
 * @typedef {object} Opening
 * @property {'loading' | 'ready' | 'deleted' | 'missing' | 'failed'} state
 * @property {string} [words] why it is not ready
 * @property {string} [restorableUntil] of a deleted one
 */

export class OpenStudio {
  copy = new WorkingCopy();
  undoing = new Undoing();
  opening = signal(/** @type {Opening} */ ({ state: 'loading' }));
  conflicts = signal(/** @type {Conflict[]} */ ([]));
  #state = signal(/** @type {Exclude<SaveState, 'conflict'>} */ ('saved'));
  #document = signal(/** @type {Studio | null} */ (null));
  #mine = signal(/** @type {Owned | null} */ (null));
  /** @type {WeakMap<OwnedRow, { slot: Slot | undefined, shown: Slot }>} */
  #rows = new WeakMap();

  /** The studio as the page shows it: the document with local edits applied; null until it was read. */
  shown = computed(() => this.#shown());
  /** @type {import('@preact/signals-core').ReadonlySignal<SaveState>} */
  saveState = computed(() =>
    this.#state.value === 'saved' && this.conflicts.value.length ? 'conflict' : this.#state.value,
  );

  /**
   * @param {object} uses
   * @param {string} uses.id
   * @param {string} uses.path
   * @param {Api} uses.api
   * @param {Clock} uses.clock
   * @param {(kept: Kept | null) => void} uses.keep
   * @param {(words: string, retry?: () => void, retryWords?: string) => void} uses.trouble
   * @param {() => void} uses.signIn
   */
  constructor({ id, path, api, clock, keep, trouble, signIn }) {
    this.id = id;
    this.path = path;
    this.api = api;
    this.clock = clock;
    this.keep = keep;
    const failed = (/** @type {RequestFailed} */ error) => {
      if (error.status === 401) trouble(error.message, signIn, 'Sign in');
      else if (error.status === 410) trouble(error.message, () => void this.undelete().catch(failed), 'Restore the studio');
      else if (error.status === 404) trouble(NOT_THERE, () => this.saving.discard(), 'Forget my changes');
      else trouble(error.message, () => this.saving.wake());
    };
    const { copy } = this;
    /** @type {import('./reading.js').Listener} */
    const listener = {
      changed: () => this.#publish(),
      keep: () => this.#keep(),
      conflicts: (found) => this.#list(found),
      ignored: (words) => words.forEach((one) => trouble(`Part of a save could not be taken: ${one}.`)),
      failed,
    };
    this.reading = new Reading({ path, copy, api, clock, listener });
    this.saving = new Saving({ path, reading: this.reading, copy, api, clock, listener });
    this.generation = new Generation({ path, api, clock, readStudio: () => this.reading.read() });
  }

  /**
   * Read the studio; if there is none at its address, make it.
   *
   * @returns {Promise<void>} ends when it is ready or will not be; `opening` tells which
   */
  async open() {
    for (let attempt = 1; !this.saving.isClosed; attempt += 1) {
      try {
        await this.#readOrMade();
        this.opening.value = { state: 'ready' };
        return;
      } catch (error) {
        if (!(error instanceof RequestFailed)) throw error;
        this.opening.value = opening(error);
        if (this.opening.value.state !== 'loading') return;
        await this.saving.pause(this.api.pause(attempt));
      }
    }
  }

  /**
   * Change what people own, and save it soon.
   *
   * @param {(owned: Owned) => Owned} change pure
   * @returns {Promise<void>} ends when it is saved; nobody has to wait for that
   */
  edit(change) {
    const before = this.copy.mine;
    if (this.copy.edit(change)) {
      this.undoing.did(before, this.copy.mine, this.clock.now());
      this.saving.edited();
    }
    return this.saving.saved();
  }

  /** Take back what this tab did last; what others changed since stays. */
  undo() {
    return this.#move(this.undoing.undone(this.copy.mine));
  }

  /** Do again what was taken back last. */
  redo() {
    return this.#move(this.undoing.redone(this.copy.mine));
  }

  /**
   * Send a request about the studio that answers the whole of it, once all edits are saved.
   *
   * @param {(tag: string) => Promise<Answer>} send is given the tag of the document as it is shown
   */
  async replaceBy(send) {
    await this.settled();
    await this.reading.inLine(async () => {
      const tag = this.copy.read?.tag;
      if (tag === undefined) throw new Error('The studio is not there yet.');
      const before = this.copy.mine;
      this.reading.take(await send(tag));
      this.undoing.did(before, this.copy.mine);
    });
  }

  /** Save what is unsaved now. @returns {Promise<void>} fails if the service will not have it */
  async settled() {
    if (!this.copy.isUnsaved) return;
    const saved = this.saving.saved();
    void this.saving.flush();
    await saved;
  }

  /** Bring the studio back, and go on. */
  async undelete() {
    const undelete = this.api.change('POST', `${this.path}/undelete`, { body: {} });
    await this.reading.inLine(async () => this.reading.take(await undelete()));
    this.opening.value = { state: 'ready' };
    this.saving.wake();
  }

  /**
   * @param {Conflict} conflict
   * @param {'mine' | 'theirs'} side whose value is to hold
   */
  resolve(conflict, side) {
    this.conflicts.value = this.conflicts.value.filter(({ id }) => id !== conflict.id);
    this.#keep();
    return this.edit((owned) => withSide(owned, conflict, side));
  }

  /** @param {Kept} kept */
  async resume({ edits, conflicts }) {
    this.#list(conflicts);
    if (edits) await this.saving.resume(edits);
    this.#keep();
  }

  close() {
    this.saving.close();
    this.generation.close();
  }

  /** @param {Owned | null} owned */
  #move(owned) {
    if (owned && this.copy.edit(() => owned)) this.saving.edited();
    return this.saving.saved();
  }

  async #readOrMade() {
    try {
      await this.reading.read();
    } catch (error) {
      if (!(error instanceof RequestFailed) || error.problem.kind !== 'studio' || error.status !== 404) throw error;
      const make = this.api.change('PUT', this.path, { ifNoneMatch: '*', body: {} });
      await this.reading.inLine(async () => this.reading.take(await make()));
    }
  }

  #publish() {
    batch(() => {
      this.#state.value = this.saving.state;
      this.#mine.value = this.copy.mine;
      const document = this.copy.read?.document ?? null;
      if (document && document !== this.#document.peek()) this.generation.seen(document);
      this.#document.value = document;
    });
  }

  #keep() {
    const [edits, conflicts] = [this.copy.unsaved, this.conflicts.peek()];
    this.keep(edits || conflicts.length ? { edits, conflicts } : null);
  }

  /** @param {FieldConflict[]} found */
  #list(found) {
    if (!found.length) return;
    const added = found.map((one) => ({ ...told(one), id: this.api.newKey(), studioId: this.id }));
    this.conflicts.value = [...this.conflicts.peek(), ...added];
    this.#keep();
  }

  /** @returns {Studio | null} */
  #shown() {
    const [document, mine] = [this.#document.value, this.#mine.value];
    if (!document || !mine) return null;
    const slots = new Map(document.outputSlots.map((slot) => [slot.id, slot]));
    const under = this.#underWay();
    const rows = liveRows(mine).flatMap((row) => {
      if (!isKnown(row)) return []; // brought back, and not read yet
      const shown = this.#shownRow(row, slots.get(row.id));
      const generation = under.get(row.id) ?? [];
      const isBusy = generation.some(({ state }) => state !== 'failed');
      if (!generation.length && !shown.generation.length) return shown;
      return { ...shown, generation, ...(isBusy && { status: 'GENERATING' }) };
    });
    return { ...document, name: mine.name, outputSlots: /** @type {Slot[]} */ (rows) };
  }

  /** The pictures that are under way or have failed, by slot; one that is being asked for has no id yet. */
  #underWay() {
    /** @type {Map<string, Slot['generation']>} */
    const under = new Map();
    for (const one of this.generation.pictures.value) under.set(one.slotId, [...(under.get(one.slotId) ?? []), one]);
    for (const id of this.generation.asking.value) {
      under.set(id, [...(under.get(id) ?? []), { id: `asking-${id}`, slotId: id, state: 'asking' }]);
    }
    return under;
  }

  /**
   * @param {Required<OwnedRow>} row
   * @param {Slot | undefined} slot as the document has it
   */
  #shownRow(row, slot) {
    const before = this.#rows.get(row);
    if (before && before.slot === slot) return before.shown;
    const { deleted: _, outputImage, ...owned } = row;
    /** @type {Slot} */
    const shown = { status: 'EMPTY', history: [], historyCount: 0, generation: [], ...slot, ...owned };
    if (outputImage === null) delete shown.outputImage;
    else shown.outputImage = outputImage;
    this.#rows.set(row, { slot, shown });
    return shown;
  }
}

/** @param {FieldConflict} conflict @returns {FieldConflict} */
function told({ slotId, field, base, mine, theirs }) {
  return { slotId, field, base: base ?? null, mine: mine ?? null, theirs: theirs ?? null };
}

/** @param {RequestFailed} error @returns {Opening} */
function opening(error) {
  const words = error.message;
  if (error.status === 410) return { state: 'deleted', words, restorableUntil: error.problem.restorableUntil };
  if (error.status === 404) return { state: 'missing', words: 'Perhaps its address was not copied whole.' };
  const isMade = error.status === 412; // by somebody else meanwhile: it is read again
  return error.kind === 'refused' && !isMade ? { state: 'failed', words } : { state: 'loading', words };
}
