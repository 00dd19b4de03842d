/**
 * The client's studios: the list of them, and what is done with whole ones.
 *
 * @import { Studio, StudioSummary } from '../types.d.ts'
 * @import { Desk } from './desk.js'
 */

import { signal } from '@preact/signals-core';
import { inOrder } from './merging.js';
import { liveRows, withRow } from './owned.js';
import { withUpdates } from './slots.js';

const AT_ONCE = 24;

/** @param {Desk} desk */
export function studioMethods(desk) {
  const { api } = desk;
  const path = `${desk.path}/scene-studio`;
  const studios = signal(/** @type {StudioSummary[] | null} */ (null));
  const moreStudios = signal(false);
  let following = '';
  /** They are listed first, wherever the list by ids has them. */
  const addedHere = new Set();

  /** Show in the list what became of a studio. @param {Pick<StudioSummary, 'id'> & Partial<StudioSummary>} changes */
  function listed(changes) {
    studios.value = studios.peek()?.map((one) => (one.id === changes.id ? { ...one, ...changes } : one)) ?? null;
  }

  /** @param {Studio} studio a new one */
  function added({ id, name, clientId, updatedAt, outputSlots }) {
    addedHere.add(id);
    const revisionCount = outputSlots.reduce((sum, slot) => sum + slot.historyCount, 0);
    const summary = { id, name, clientId, updatedAt, slotCount: outputSlots.length, revisionCount };
    studios.value = [summary, ...(studios.peek() ?? []).filter((one) => one.id !== id)];
  }

  return {
    /** Those that were listed so far; of deleted ones, with `deletedAt`, only those that were deleted here. */
    studios,
    /** Whether there are more than were listed. */
    moreStudios,

    /** @param {{ more?: boolean }} [how] the next part of the list, by ids, or its first part anew */
    async listStudios({ more = false } = {}) {
      const before = (studios.peek() ?? []).filter(({ id }) => more || addedHere.has(id));
      const wanted = new URLSearchParams({ limit: String(AT_ONCE), ...(more && { cursor: following }) });
      const { body } = await api.send('GET', `${path}?${wanted}`);
      following = body.nextCursor ?? '';
      moreStudios.value = following !== '';
      const found = new Set(body.items.map((/** @type {StudioSummary} */ { id }) => id));
      studios.value = [...before.filter(({ id }) => !found.has(id)), ...body.items];
    },

    /**
     * @param {string} _client
     * @param {string} [name]
     * @returns {Promise<Studio>}
     */
    addSceneStudio: (_client, name) =>
      desk.once(`add ${name}`, async () => {
        const { body } = await api.change('POST', path, { body: name ? { name } : {} })();
        added(body);
        return body;
      }),

    /**
     * @param {string} _client
     * @param {string} id
     * @param {Partial<Studio>} updates the name, or whole rows; what machines own in them is left alone
     * @returns {Promise<void>}
     */
    updateSceneStudio(_client, id, { name, outputSlots }) {
      if (name !== undefined) listed({ id, name });
      return desk.edit(id, (owned) => {
        const renamed = name === undefined ? owned : { ...owned, name };
        return outputSlots ? withSlots(renamed, outputSlots) : renamed;
      });
    },

    /**
     * @param {string} _client
     * @param {string} id
     * @returns {Promise<void>}
     */
    deleteSceneStudio: (_client, id) =>
      desk.once(`delete ${id}`, async () => {
        await desk.of(id).saving.flush(); // so that it can be brought back as it is now
        await api.change('DELETE', `${path}/${id}`)();
        listed({ id, deletedAt: new Date(desk.clock.now()).toISOString() });
      }),

    /**
     * @param {string} _client
     * @param {string} id
     */
    async undeleteSceneStudio(_client, id) {
      await desk.of(id).undelete();
      listed({ id, deletedAt: undefined });
    },

    /**
     * @param {string} _client
     * @param {string} id
     * @param {{ id?: string, name?: string, withHistory?: boolean }} [copy]
     * @returns {Promise<Studio>}
     */
    duplicateSceneStudio: (_client, id, copy = {}) =>
      desk.once(`duplicate ${id}`, async () => {
        await desk.of(id).settled();
        const { body } = await api.change('POST', `${path}/${id}/duplicate`, { body: copy })();
        added(body);
        return body;
      }),
  };
}

/**
 * What people own, with these slots in place of all others.
 *
 * @param {import('../types.d.ts').Owned} owned
 * @param {import('../types.d.ts').Slot[]} slots
 */
function withSlots(owned, slots) {
  const ids = slots.map(({ id }) => id);
  let changed = owned;
  for (const { id } of liveRows(owned)) if (!ids.includes(id)) changed = withRow(changed, id, { deleted: true });
  for (const slot of slots) {
    changed = withUpdates(changed, slot.id, { ...slot, settings: undefined });
    changed = withRow(changed, slot.id, { settings: { ...slot.settings } });
  }
  return inOrder(changed, ids);
}
