/**
 * Time travel in the open studio.
 *
 * @import { Studio } from '../types.d.ts'
 * @import { Desk } from './desk.js'
 */

/** @param {Desk} desk */
export function versionMethods(desk) {
  const { api } = desk;
  return {
    /** The kept versions, newest first. @param {{ cursor?: string, limit?: number }} [part] */
    async versions({ cursor, limit = 50 } = {}) {
      const studio = desk.open;
      await studio.settled().catch(() => {}); // then what is unsaved is not among them
      const wanted = new URLSearchParams({ limit: String(limit), ...(cursor && { cursor }) });
      return (await api.send('GET', `${studio.path}/versions?${wanted}`)).body;
    },

    /** The studio as it was. @param {string} version @returns {Promise<Studio>} */
    async lookAt(version) {
      const wanted = new URLSearchParams({ version });
      return (await api.send('GET', `${desk.open.path}?${wanted}`)).body;
    },

    /**
     * What changed between two versions, in words.
     *
     * @param {string} before
     * @param {string} after
     */
    async compareVersions(before, after) {
      const path = `${desk.open.path}/versions/${encodeURIComponent(before)}/compare/${encodeURIComponent(after)}`;
      return (await api.send('GET', path)).body;
    },

    /**
     * Put an old version back; `undo` takes that back.
     *
     * @param {string} version
     * @param {string} [slotId] the one slot to put back; absent for the whole studio
     */
    restore(version, slotId) {
      const studio = desk.open;
      const body = { version, ...(slotId !== undefined && { slotId }) };
      return desk.once(`restore ${studio.id} ${version} ${slotId}`, () =>
        studio.replaceBy((ifMatch) => api.change('POST', `${studio.path}/restore`, { ifMatch, body })()),
      );
    },

    /** Take back what was done last in this tab; what others changed since stays. */
    undo: () => desk.open.undo(),
    /** Do again what was taken back last. */
    redo: () => desk.open.redo(),
  };
}
