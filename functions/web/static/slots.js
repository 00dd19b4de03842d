/**
 * What people do with slots. It shows at once, and is saved a second later.
 *
 * @import { Owned, Settings, Slot } from '../types.d.ts'
 * @import { Desk } from './desk.js'
 */

import { inOrder } from './merging.js';
import { emptyRow, findRow, withRow } from './owned.js';
import { DEFAULT_SETTINGS } from './settings.js';

/**
 * @param {Desk} desk
 * @param {() => string} newId
 */
export function slotMethods(desk, newId) {
  return {
    /**
     * @param {string} _client
     * @param {string} studioId
     * @param {string[]} productIds
     * @param {Settings} [settings]
     * @returns {Promise<Slot>} ends at once: the slot shows before it is saved
     */
    async addOutputSlot(_client, studioId, productIds, settings = DEFAULT_SETTINGS) {
      const studio = await desk.ready(studioId);
      const id = `slot-${newId()}`;
      void studio.edit((owned) => withRow(owned, id, { productIds, settings: { ...settings } }));
      return /** @type {Slot} */ (studio.shown.value?.outputSlots.find((slot) => slot.id === id));
    },

    /**
     * @param {string} _client
     * @param {string} studioId
     * @param {string} slotId
     * @param {Partial<Slot>} updates absent members, and absent settings, stay as they are; null clears one
     */
    updateOutputSlot: (_client, studioId, slotId, updates) =>
      desk.edit(studioId, (owned) => withUpdates(owned, slotId, updates)),

    /**
     * @param {string} _client
     * @param {string} studioId
     * @param {string} slotId
     */
    deleteOutputSlot: (_client, studioId, slotId) =>
      desk.edit(studioId, (owned) => withRow(owned, slotId, { deleted: true })),

    /**
     * @param {string} _client
     * @param {string} studioId
     * @param {string} slotId
     */
    async undeleteOutputSlot(_client, studioId, slotId) {
      const studio = await desk.ready(studioId);
      void studio.edit((owned) => withRow(owned, slotId, { deleted: false }));
      await studio.settled(); // now, for what is in it may be known to the service alone
    },

    /** Put the slots of the open studio into another order. @param {string[]} slotIds */
    reorderSlots: (slotIds) => desk.open.edit((owned) => inOrder(owned, slotIds)),
  };
}

/**
 * What people own, with these members of a slot changed.
 *
 * @param {Owned} owned
 * @param {string} slotId
 * @param {Partial<Slot>} updates
 * @returns {Owned}
 */
export function withUpdates(owned, slotId, { productIds, favorites, outputImage, settings }) {
  const row = findRow(owned, slotId) ?? emptyRow(slotId);
  const given = Object.entries({ ...row.settings, ...settings }).filter(([, value]) => value !== null);
  return withRow(owned, slotId, {
    ...(productIds !== undefined && { productIds }),
    ...(favorites !== undefined && { favorites }),
    ...(outputImage !== undefined && { outputImage }),
    ...(settings !== undefined && { settings: Object.fromEntries(given) }),
  });
}
