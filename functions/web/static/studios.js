/**
 * The client's studios: the list of them, and what is done with whole ones.
 *
 * @import { Studio } from '../types.d.ts'
 * @import { Desk } from './desk.js'
 */

import { Listing } from './listing.js';
import { inOrder } from './merging.js';
import { liveRows, withRow } from './owned.js';
import { withUpdates } from './slots.js';

const AT_ONCE = '24';
/** Few of the studios that are looked at for deleted ones are, so more are looked at. */
const LOOKED_AT = '100';

/** @param {Desk} desk */
export function studioMethods(desk) {
  const { api } = desk;
  const path = `${desk.path}/scene-studio`;
  const live = new Listing({ api, path, query: { limit: AT_ONCE } });
  const deleted = new Listing({ api, path, query: { limit: LOOKED_AT, deleted: 'true' } });

  /** @param {Studio} studio a new one */
  function added({ id, name, clientId, updatedAt, outputSlots }) {
    const revisionCount = outputSlots.reduce((sum, slot) => sum + slot.historyCount, 0);
    live.put({ id, name, clientId, updatedAt, slotCount: outputSlots.length, revisionCount });
  }

  return {
    /** Those that were listed so far, by their ids; those that were made here come first. */
    studios: live.items,
    /** Whether there are more than were listed. */
    moreStudios: live.hasMore,
    /** Those that were deleted and can be brought back, as far as they were listed. */
    deletedStudios: deleted.items,
    moreDeletedStudios: deleted.hasMore,

    /** @param {{ more?: boolean }} [how] the next part of the list, by ids, or its first part anew */
    listStudios: (how) => live.read(how),
    /** @param {{ more?: boolean }} [how] */
    listDeletedStudios: (how) => deleted.read(how),

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
      if (name !== undefined) live.change({ id, name });
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
        const summary = live.remove(id);
        if (summary) deleted.put({ ...summary, deletedAt: new Date(desk.clock.now()).toISOString() });
      }),

    /**
     * @param {string} _client
     * @param {string} id
     */
    async undeleteSceneStudio(_client, id) {
      await desk.of(id).undelete();
      const summary = deleted.remove(id);
      if (summary) live.put({ ...summary, deletedAt: undefined });
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
