/**
 * What the page lets people do, in terms of the data context: the same from a button, a menu, a key or a drop.
 *
 * Nothing is asked beforehand: what takes something away says so, and offers to undo it.
 *
 * @import { PageState } from './page-state.js'
 * @import { Revision, Scene, Slot, Studio, StudioSummary } from '../../types.d.ts'
 */

import { studioAddress, studiosAddress } from './addresses.js';
import { libraryActions } from './library-actions.js';
import { moment, UNDO } from './words.js';

/** @typedef {ReturnType<typeof createActions>} Actions */

const MOST_SLOTS = 100;
/** After so many milliseconds without an answer, it is said that it is waited for. */
const PATIENCE = 2000;
const FULL = `A studio has at most ${MOST_SLOTS} slots. Delete one first, or go on in another studio.`;

/** @param {PageState} page */
export function createActions(page) {
  const { data, clientId } = page;
  const studio = () => /** @type {Studio} */ (data.studio.value);
  const studioId = () => studio().id;
  const slots = () => studio().outputSlots;
  const onStudioPage = () => page.studioId.value !== null;
  const slotOf = (/** @type {string} */ id) => slots().find((slot) => slot.id === id);
  const changeSlot = (/** @type {string} */ slotId, /** @type {Partial<Slot>} */ changes) =>
    settled(data.updateOutputSlot(clientId, studioId(), slotId, changes));

  /**
   * Do something of which a failure is said, and that it takes its time. What follows from it belongs into it
   * too: whoever tries again gets that as well.
   *
   * @template T
   * @param {() => Promise<T>} run
   * @returns {Promise<T | undefined>}
   */
  async function tried(run) {
    let unsay = () => {};
    const timer = setTimeout(() => (unsay = page.keepSaying('Waiting for the service…')), PATIENCE);
    try {
      return await run();
    } catch (error) {
      page.say(/** @type {Error} */ (error).message, 'Try again', () => tried(run));
      return undefined;
    } finally {
      clearTimeout(timer);
      unsay();
    }
  }

  return {
    tried,
    ...libraryActions(page, { tried, settled }),

    /* Slots */

    /** @param {string[]} productIds @param {Record<string, unknown>} [settings] */
    async addSlot(productIds, settings) {
      if (slots().length >= MOST_SLOTS) return page.say(FULL);
      await tried(async () => {
        const slot = await data.addOutputSlot(clientId, studioId(), productIds, settings);
        page.selected.value = slot.id;
        page.pane.value = 'slots';
        requestAnimationFrame(() => document.getElementById(`slot-${slot.id}`)?.scrollIntoView({ block: 'nearest' }));
      });
    },

    /** @param {string} slotId @param {number} number */
    removeSlot(slotId, number) {
      const at = slots().findIndex((slot) => slot.id === slotId);
      const neighbour = slots()[at + 1] ?? slots()[at - 1];
      settled(data.deleteOutputSlot(clientId, studioId(), slotId));
      page.selected.value = neighbour?.id ?? null;
      if (neighbour) requestAnimationFrame(() => document.getElementById(`slot-${neighbour.id}`)?.focus());
      page.say(`Slot ${number} deleted.`, UNDO, () => this.bringSlotBack(slotId));
    },

    /** @param {string} slotId */
    bringSlotBack(slotId) {
      if (slots().length >= MOST_SLOTS) return page.say(FULL);
      settled(data.undeleteOutputSlot(clientId, studioId(), slotId));
      page.selected.value = slotId;
    },

    /** @param {string} slotId @param {number} to */
    moveSlot(slotId, to) {
      const ids = slots().map((slot) => slot.id);
      if (to < 0 || to >= ids.length || !ids.includes(slotId)) return;
      const others = ids.filter((id) => id !== slotId);
      const order = [...others.slice(0, to), slotId, ...others.slice(to)];
      settled(data.reorderSlots(order));
      requestAnimationFrame(() => document.getElementById(`slot-${slotId}`)?.focus());
    },

    /** @param {string} productId @param {string | null} [slotId] */
    placeProduct(productId, slotId = page.selected.value) {
      const slot = slotId && slotOf(slotId);
      if (!slot) return this.addSlot([productId]);
      if (!slot.productIds.includes(productId)) changeSlot(slot.id, { productIds: [...slot.productIds, productId] });
      page.selected.value = slot.id;
      return undefined;
    },

    /** @param {Slot} slot @param {string} productId */
    removeFromSlot(slot, productId) {
      changeSlot(slot.id, { productIds: slot.productIds.filter((id) => id !== productId) });
    },

    /** @param {string} slotId @param {Record<string, unknown>} settings */
    changeSettings(slotId, settings) {
      changeSlot(slotId, { settings });
    },

    /** @param {Scene | null} scene */
    useScene(scene) {
      const slot = page.selected.value && slotOf(page.selected.value);
      if (!slot) return page.say('Choose a slot first; the scene is then used in it.');
      const { id, name, imageUrl } = scene ?? {};
      return changeSlot(slot.id, { settings: { scene: scene ? { id, name, imageUrl } : null } });
    },

    /* Revisions */

    /** @param {Slot} slot @param {Revision} revision */
    showRevision(slot, revision) {
      changeSlot(slot.id, { outputImage: revision.url });
    },

    /** @param {Slot} slot @param {string} imageId */
    toggleFavorite(slot, imageId) {
      const marked = slot.favorites.includes(imageId);
      const favorites = marked ? slot.favorites.filter((id) => id !== imageId) : [...slot.favorites, imageId];
      changeSlot(slot.id, { favorites });
    },

    /** @param {Slot} slot @param {Revision} revision */
    takeSettings(slot, revision) {
      const before = slot.settings;
      const cleared = Object.fromEntries(Object.keys(before).map((name) => [name, null]));
      changeSlot(slot.id, { settings: { ...cleared, ...revision.settings } });
      page.say('The slot has these settings now.', UNDO, () => {
        const unset = Object.fromEntries(Object.keys(revision.settings).map((name) => [name, null]));
        changeSlot(slot.id, { settings: { ...unset, ...before } });
      });
    },

    /** @param {Slot} slot @param {Revision} revision */
    async download(slot, revision) {
      const link = document.createElement('a');
      link.href = data.needsToken?.value
        ? URL.createObjectURL(await data.loadPicture(revision.url))
        : `${revision.url}?download=true`;
      link.download = `${slot.id}-${revision.id}.jpg`;
      link.click();
    },

    /* Generation */

    /** @param {string[]} slotIds @param {number} [count] */
    execute(slotIds, count = 1) {
      return tried(() => data.generateSceneImages(slotIds, { count }));
    },

    /** @param {string} slotId @param {string} [imageId] */
    cancel(slotId, imageId) {
      return tried(() => data.cancelGeneration(slotId, imageId));
    },

    cancelAll() {
      const open = Object.values(data.progress.value).filter((one) => one.state !== 'failed');
      for (const slotId of new Set(open.map((one) => one.slotId))) this.cancel(slotId);
    },

    /** @param {string} slotId */
    retry(slotId) {
      return tried(() => data.retryGeneration(slotId));
    },

    /** @param {string} slotId */
    dismissFailed(slotId) {
      return tried(() => data.dismissFailed(slotId));
    },

    /* Time travel */

    async undo() {
      if (data.canUndo.value) await tried(() => data.undo());
      else page.say('There is nothing to undo here. The history has every older version.');
    },

    async redo() {
      if (data.canRedo.value) await tried(() => data.redo());
    },

    /** @param {{ version: string, savedAt: string }} version */
    async lookAt(version) {
      await tried(async () => {
        const studio = await data.lookAt(version.version);
        page.pane.value = 'slots';
        page.lookedAt.value = { version, studio };
      });
    },

    /** @param {{ version: string, savedAt: string }} version @param {string} [slotId] */
    async restore(version, slotId) {
      await tried(async () => {
        await data.restore(version.version, slotId);
        page.lookedAt.value = null;
        page.close();
        page.say(`${slotId ? 'The slot' : 'The studio'} is as it was on ${moment(version.savedAt)}.`, UNDO, () => this.undo());
      });
    },

    /* Studios */

    /** @param {string} id */
    switchTo(id) {
      if (!onStudioPage()) return location.assign(studioAddress(clientId, id));
      history.pushState(null, '', studioAddress(clientId, id));
      return this.show(id);
    },

    /** Show the studio of the address. @param {string} id */
    show(id) {
      page.studioId.value = id;
      page.selected.value = null;
      page.lookedAt.value = null;
      page.pane.value = 'slots';
      return data.openStudio(id);
    },

    /** @param {string} name */
    async addStudio(name) {
      await tried(async () => this.switchTo((await data.addSceneStudio(clientId, name)).id));
    },

    /** @param {string} name @param {string} [id] */
    renameStudio(name, id = studioId()) {
      settled(data.updateSceneStudio(clientId, id, { name }));
    },

    /** @param {string} id @param {{ name: string, withHistory: boolean }} copy */
    async duplicateStudio(id, copy) {
      page.say('The copy is being made…');
      await tried(async () => {
        const studio = await data.duplicateSceneStudio(clientId, id, copy);
        page.say(`“${studio.name}” is ready.`, 'Open', () => this.switchTo(studio.id));
      });
    },

    /** @param {Pick<StudioSummary, 'id' | 'name'>} studio */
    async removeStudio({ id, name }) {
      await tried(async () => {
        await data.deleteSceneStudio(clientId, id);
        if (onStudioPage()) location.assign(studiosAddress(clientId));
        else page.say(`“${name}” deleted.`, UNDO, () => this.bringBack(id));
      });
    },

    /** @param {string} id */
    bringBack(id) {
      return tried(() => data.undeleteSceneStudio(clientId, id));
    },
  };
}

/** A failure of a save is told by the save state and by the messages; nobody has to wait for one. */
function settled(/** @type {Promise<unknown>} */ saved) {
  saved.catch(() => {});
}
