/**
 * Generated pictures: asking for them, cancelling, asking again, and the history of a slot.
 *
 * @import { PictureProgress, Revision } from '../types.d.ts'
 * @import { Desk } from './desk.js'
 * @import { OpenStudio } from './open-studio.js'
 */

/** @typedef {{ count?: number, seed?: number }} Wanted how many pictures of each slot, and the seed of the first */

/** @param {Desk} desk */
export function pictureMethods(desk) {
  const { api } = desk;

  /**
   * @param {OpenStudio} studio
   * @param {string[]} slotIds
   * @param {Wanted} wanted
   */
  function execute(studio, slotIds, wanted) {
    const body = { slotIds, ...wanted };
    const ask = async () => {
      await studio.settled(); // a picture is made of what is shown
      return api.change('POST', `${studio.path}/generate`, { body, prefer: 'respond-async' })();
    };
    return desk.once(`execute ${studio.id} ${slotIds.join()}`, () => studio.generation.ask(ask, slotIds));
  }

  return {
    /**
     * @param {string} _client
     * @param {string} studioId
     * @param {string} slotId
     * @param {Wanted} [wanted]
     * @returns {Promise<Revision>} the first picture, once it is there
     */
    async generateSceneImage(_client, studioId, slotId, wanted = {}) {
      const studio = await desk.ready(studioId);
      const [first] = await execute(studio, [slotId], wanted);
      return studio.generation.made(first);
    },

    /**
     * Ask for pictures of several slots of the open studio at once.
     *
     * @param {string[]} slotIds
     * @param {Wanted} [wanted]
     * @returns {Promise<PictureProgress[]>} ends when they are under way
     */
    generateSceneImages: (slotIds, wanted = {}) => execute(desk.open, slotIds, wanted),

    /**
     * Cancel what has not ended, and dismiss what failed.
     *
     * @param {string} slotId
     * @param {string} [imageId] absent means all of the slot
     */
    async cancelGeneration(slotId, imageId) {
      const { path, reading } = desk.open;
      await api.change('DELETE', `${path}/slots/${slotId}/generation${imageId === undefined ? '' : `/${imageId}`}`)();
      await reading.read();
    },

    /** Dismiss what failed in a slot. @param {string} slotId */
    async dismissFailed(slotId) {
      const { path, reading, generation } = desk.open;
      const failed = generation.pictures.value.filter((one) => one.slotId === slotId && one.state === 'failed');
      const at = `${path}/slots/${slotId}/generation`;
      await Promise.all(failed.map(({ id }) => api.change('DELETE', `${at}/${id}`)()));
      await reading.read();
    },

    /**
     * Ask again for what failed in a slot.
     *
     * @param {string} slotId
     * @param {string[]} [imageIds] absent means all
     */
    async retryGeneration(slotId, imageIds) {
      const { path, generation } = desk.open;
      const body = imageIds ? { imageIds } : {};
      const ask = api.change('POST', `${path}/slots/${slotId}/generation/retry`, { body });
      await desk.once(`retry ${slotId}`, () => generation.ask(ask, [slotId]));
    },

    /**
     * The price of a run.
     *
     * @param {string[]} slotIds
     * @param {number} [count]
     */
    async estimate(slotIds, count = 1) {
      const studio = desk.open;
      await studio.settled().catch(() => {}); // then it is the price of what is saved
      const wanted = new URLSearchParams({ slots: slotIds.join(), count: String(count) });
      return (await api.send('GET', `${studio.path}/estimate?${wanted}`)).body;
    },

    /**
     * Revisions of a slot, newest first.
     *
     * @param {string} slotId
     * @param {{ cursor?: string, limit?: number }} [part]
     */
    async history(slotId, { cursor, limit = 40 } = {}) {
      const wanted = new URLSearchParams({ limit: String(limit), ...(cursor && { cursor }) });
      return (await api.send('GET', `${desk.open.path}/slots/${slotId}/history?${wanted}`)).body;
    },
  };
}
