/**
 * The data of a page: everything that is read, changed, saved and waited for, as signals and methods.
 *
 * The methods that the product description names (`addSceneStudio` to `deleteUserScene`) have its names and
 * parameters; the others are about the studio that is open, and take no ids of it. Changes of what people own show
 * at once and are saved a second later; the promises of such methods end when they are saved, and nobody has to
 * wait for them. All other methods fail with an error whose message is for people.
 *
 * @import { Clock, Conflict, KeyValueStorage, Locks, Owned, PictureProgress, Product } from '../types.d.ts'
 * @import { Revision, SaveState, Session, Settings, Slot, Studio, Trouble } from '../types.d.ts'
 * @import { SendForm } from './uploads.js'
 */

import { computed, signal } from '@preact/signals-core';
import { Api } from './api.js';
import { inOrder } from './merging.js';
import { emptyRow, findRow, liveRows, withRow } from './owned.js';
import { OpenStudio } from './open-studio.js';
import { Outbox } from './outbox.js';
import { Library } from './library.js';
import { DEFAULT_SETTINGS } from './settings.js';
import { Uploads } from './uploads.js';
import { UserScenes } from './user-scenes.js';

/** How often an open studio is looked at for what others changed. */
const LOOK_MILLISECONDS = 20_000;

/** @typedef {ReturnType<typeof createDataContext>} DataContext */

/**
 * @param {object} uses
 * @param {string} uses.clientId
 * @param {typeof globalThis.fetch} uses.fetch
 * @param {KeyValueStorage} uses.storage
 * @param {Locks | null} uses.locks
 * @param {Clock} uses.clock
 * @param {Session & { user: import('@preact/signals-core').ReadonlySignal<{ name: string } | null>,
 *   isNeeded: boolean }} uses.session
 * @param {() => string} uses.newKey makes names that were never used before
 * @param {() => boolean} uses.isOnline
 * @param {SendForm} uses.sendForm
 * @param {() => number} [uses.random]
 */
export function createDataContext({ clientId, fetch, storage, locks, clock, session, newKey, isOnline, sendForm, random }) {
  const api = new Api({ fetch, clock, session, newKey, random });
  const newId = () => newKey().replace(/[^A-Za-z0-9]/g, '').slice(0, 20).toLowerCase();
  const clientPath = `/api/clients/${clientId}`;
  const outbox = new Outbox({ storage, locks, clientId, tab: newKey() });
  const uploads = new Uploads({ api, sendForm });
  const library = new Library({ path: clientPath, api, uploads, newId });
  const online = signal(isOnline());
  const errors = signal(/** @type {Trouble[]} */ ([]));
  const openId = signal(/** @type {string | null} */ (null));
  /** @type {Map<string, OpenStudio>} */
  const studios = new Map();
  const current = computed(() => (openId.value === null ? null : (studios.get(openId.value) ?? null)));
  /** @type {Map<string, Promise<unknown>>} */
  const underWay = new Map();
  let isShown = true;
  /** @type {unknown} */
  let lookTimer = null;

  /** @param {string} words @param {() => void} [retry] @param {string} [retryWords] */
  function trouble(words, retry, retryWords) {
    const told = { id: newKey(), words, retryWords, retry: retry && (() => (dismissError(told), retry())) };
    errors.value = [...errors.value.filter((one) => one.words !== words), told];
  }

  /** @param {Pick<Trouble, 'id'>} error */
  function dismissError({ id }) {
    errors.value = errors.value.filter((one) => one.id !== id);
  }

  /** @param {string} id @returns {OpenStudio} */
  function studioOf(id) {
    let studio = studios.get(id);
    if (!studio) {
      studio = new OpenStudio({
        id,
        path: `${clientPath}/scene-studio/${id}`,
        api,
        clock,
        keep: (kept) => {
          if (!outbox.keep(id, kept)) trouble('This browser has no room to keep unsaved changes. Do not close this page.');
        },
        trouble,
        signIn: () => session.signIn(),
      });
      studios.set(id, studio);
    }
    return studio;
  }

  /** The studio, read at least once. @param {string} id */
  async function ready(id) {
    const studio = studioOf(id);
    if (!studio.copy.read) await studio.saving.read();
    return studio;
  }

  /**
   * Edit a studio. That the service refuses what was typed is told by `errors`, so nobody has to wait for that.
   *
   * @param {string} id
   * @param {(owned: Owned) => Owned} change
   * @returns {Promise<void>} ends when it is saved
   */
  function edit(id, change) {
    const studio = studioOf(id);
    if (studio.copy.read) return studio.edit(change);
    const saved = ready(id).then(() => studio.edit(change));
    saved.catch((error) => studio.copy.read || trouble(error.message));
    return saved;
  }

  function open() {
    if (!current.value) throw new Error('No studio is open.');
    return current.value;
  }

  /**
   * The outcome of what is under way already under this name, so that a double click does a thing once.
   *
   * @template T
   * @param {string} name
   * @param {() => Promise<T>} run
   * @returns {Promise<T>}
   */
  function once(name, run) {
    const known = underWay.get(name);
    if (known) return /** @type {Promise<T>} */ (known);
    const running = run().finally(() => underWay.delete(name));
    underWay.set(name, running);
    return running;
  }

  /** Let go of a studio that is not open once all of it is saved. @param {string} id */
  async function leave(id) {
    const studio = studios.get(id);
    if (!studio) return;
    studio.generation.watch(false);
    await studio.settled().catch(() => {});
    if (openId.peek() === id || studio.copy.isUnsaved) return;
    studio.close();
    studios.delete(id);
  }

  function lookOften() {
    clock.clearTimeout(lookTimer);
    if (!isShown || !current.peek()) return;
    lookTimer = clock.setTimeout(() => {
      lookOften();
      void current.peek()?.saving.read().catch(() => {});
    }, LOOK_MILLISECONDS);
  }

  outbox.takeUpOrphans((id, kept) => studioOf(id).resume(kept));

  return {
    client: library.client,
    studios: library.studios,
    moreStudios: library.moreStudios,
    stockScenes: library.stockScenes,
    uploads: uploads.files,
    online,
    errors,
    dismissError,
    user: session.user,
    /** Whether pictures have to be asked for with a token: `loadPicture` does. */
    needsToken: signal(session.isNeeded),
    /** The open studio as the page shows it; null while there is none. */
    studio: computed(() => current.value?.shown.value ?? null),
    /** How far the opening of the studio is. */
    opening: computed(() => current.value?.opening.value ?? null),
    /** @type {import('@preact/signals-core').ReadonlySignal<SaveState>} */
    saveState: computed(() => current.value?.saveState.value ?? 'saved'),
    conflicts: computed(() => current.value?.conflicts.value ?? []),
    /** What became of pictures, by their ids. */
    progress: computed(() =>
      Object.fromEntries((current.value?.generation.pictures.value ?? []).map((one) => [one.id, one])),
    ),
    typicalMilliseconds: computed(() => current.value?.generation.typicalMilliseconds.value ?? null),
    canUndo: computed(() => current.value?.undoing.canUndo.value ?? false),
    canRedo: computed(() => current.value?.undoing.canRedo.value ?? false),

    // Studios -----------------------------------------------------------------------------------------------------

    readClient: () => library.read(),
    readStockScenes: () => library.readStockScenes(),
    /** @param {{ more?: boolean }} [how] */
    listStudios: (how) => library.listStudios(how),

    /** Open a studio, and save the one that was open. @param {string} id */
    async openStudio(id) {
      const before = openId.peek();
      const studio = studioOf(id);
      openId.value = id;
      if (before !== null && before !== id) void leave(before);
      outbox.takeUpOrphans((orphan, kept) => studioOf(orphan).resume(kept));
      await studio.open();
      if (openId.peek() !== id) return;
      studio.generation.watch(isShown);
      lookOften();
    },

    /** Close the studio that is open, and save it. */
    async closeStudio() {
      const before = openId.peek();
      openId.value = null;
      clock.clearTimeout(lookTimer);
      if (before !== null) await leave(before);
    },

    /**
     * @param {string} _client
     * @param {string} [name]
     * @returns {Promise<Studio>}
     */
    addSceneStudio: (_client, name) =>
      once(`add ${name}`, async () => {
        const { body } = await api.change('POST', `${clientPath}/scene-studio`, { body: name ? { name } : {} })();
        library.added(body);
        return body;
      }),

    /**
     * @param {string} _client
     * @param {string} id
     * @param {Partial<Studio>} updates the name, or whole rows; what machines own in them is left alone
     * @returns {Promise<void>}
     */
    updateSceneStudio(_client, id, { name, outputSlots }) {
      if (name !== undefined) library.listed({ id, name });
      return edit(id, (owned) => {
        const named = name === undefined ? owned : { ...owned, name };
        return outputSlots ? withRows(named, outputSlots) : named;
      });
    },

    /**
     * @param {string} _client
     * @param {string} id
     * @returns {Promise<void>}
     */
    deleteSceneStudio: (_client, id) =>
      once(`delete ${id}`, async () => {
        await studios.get(id)?.settled().catch(() => {});
        await api.change('DELETE', `${clientPath}/scene-studio/${id}`)();
        library.listed({ id, deletedAt: new Date(clock.now()).toISOString() });
      }),

    /** @param {string} _client @param {string} id */
    async undeleteSceneStudio(_client, id) {
      await studioOf(id).undelete();
      library.listed({ id, deletedAt: undefined });
    },

    /**
     * @param {string} _client
     * @param {string} id
     * @param {{ id?: string, name?: string, withHistory?: boolean }} [copy]
     * @returns {Promise<Studio>}
     */
    duplicateSceneStudio: (_client, id, copy = {}) =>
      once(`duplicate ${id}`, async () => {
        await studios.get(id)?.settled();
        const { body } = await api.change('POST', `${clientPath}/scene-studio/${id}/duplicate`, { body: copy })();
        library.added(body);
        return body;
      }),

    // Slots -------------------------------------------------------------------------------------------------------

    /**
     * @param {string} _client
     * @param {string} studioId
     * @param {string[]} productIds
     * @param {Settings} [settings]
     * @returns {Promise<Slot>} ends at once: the slot shows before it is saved
     */
    async addOutputSlot(_client, studioId, productIds, settings = DEFAULT_SETTINGS) {
      const studio = await ready(studioId);
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
      edit(studioId, (owned) => withUpdates(owned, slotId, updates)),

    /**
     * @param {string} _client
     * @param {string} studioId
     * @param {string} slotId
     */
    deleteOutputSlot: (_client, studioId, slotId) =>
      edit(studioId, (owned) => withRow(owned, slotId, { deleted: true })),

    /**
     * @param {string} _client
     * @param {string} studioId
     * @param {string} slotId
     */
    async undeleteOutputSlot(_client, studioId, slotId) {
      const studio = await ready(studioId);
      void studio.edit((owned) => withRow(owned, slotId, { deleted: false }));
      await studio.settled(); // now, for what is in it may be known to the service alone
    },

    /** Put the slots of the open studio into another order. @param {string[]} slotIds */
    reorderSlots: (slotIds) => open().edit((owned) => inOrder(owned, slotIds)),

    /** Take back what was done last in the open studio; what others changed since stays. */
    undo: () => open().undo(),
    redo: () => open().redo(),

    // Pictures ----------------------------------------------------------------------------------------------------

    /**
     * @param {string} _client
     * @param {string} studioId
     * @param {string} slotId
     * @param {{ count?: number, seed?: number }} [how]
     * @returns {Promise<Revision>} the first picture, once it is there
     */
    async generateSceneImage(_client, studioId, slotId, how = {}) {
      const studio = await ready(studioId);
      const [first] = await execute(studio, [slotId], how);
      return studio.generation.made(first);
    },

    /**
     * Ask for pictures of several slots of the open studio at once.
     *
     * @param {string[]} slotIds
     * @param {{ count?: number, seed?: number }} [how] for each slot
     * @returns {Promise<PictureProgress[]>} ends when they are under way
     */
    generateSceneImages: (slotIds, how = {}) => execute(open(), slotIds, how),

    /** Cancel what has not ended, and dismiss what failed. @param {string} slotId @param {string} [imageId] */
    async cancelGeneration(slotId, imageId) {
      const studio = open();
      const path = `${studio.path}/slots/${slotId}/generation${imageId === undefined ? '' : `/${imageId}`}`;
      await api.change('DELETE', path)();
      await studio.saving.read();
    },

    /** Dismiss what failed in a slot. @param {string} slotId */
    async dismissFailed(slotId) {
      const studio = open();
      const failed = studio.generation.pictures.value.filter((one) => one.slotId === slotId && one.state === 'failed');
      const path = `${studio.path}/slots/${slotId}/generation`;
      await Promise.all(failed.map(({ id }) => api.change('DELETE', `${path}/${id}`)()));
      await studio.saving.read();
    },

    /** Ask again for what failed. @param {string} slotId @param {string[]} [imageIds] */
    async retryGeneration(slotId, imageIds) {
      const studio = open();
      const body = imageIds ? { imageIds } : {};
      const ask = api.change('POST', `${studio.path}/slots/${slotId}/generation/retry`, { body });
      await once(`retry ${slotId}`, () => studio.generation.ask(ask, [slotId]));
    },

    /** The price of a run. @param {string[]} slotIds @param {number} [count] */
    async estimate(slotIds, count = 1) {
      const studio = open();
      await studio.settled();
      const wanted = new URLSearchParams({ slots: slotIds.join(), count: String(count) });
      return (await api.send('GET', `${studio.path}/estimate?${wanted}`)).body;
    },

    /** Revisions of a slot, newest first. @param {string} slotId @param {{ cursor?: string, limit?: number }} [part] */
    async history(slotId, { cursor, limit = 40 } = {}) {
      const wanted = new URLSearchParams({ limit: String(limit), ...(cursor && { cursor }) });
      return (await api.send('GET', `${open().path}/slots/${slotId}/history?${wanted}`)).body;
    },

    /** A picture, asked for with the token. @param {string} address @returns {Promise<Blob>} */
    async loadPicture(address) {
      const token = await session.token();
      const reply = await fetch(address, token === null ? {} : { headers: { authorization: `Bearer ${token}` } });
      if (!reply.ok) throw new Error('The picture could not be loaded.');
      return reply.blob();
    },

    // Time travel -------------------------------------------------------------------------------------------------

    /** The kept versions, newest first. @param {{ cursor?: string, limit?: number }} [part] */
    async versions({ cursor, limit = 50 } = {}) {
      const studio = open();
      await studio.settled();
      const wanted = new URLSearchParams({ limit: String(limit), ...(cursor && { cursor }) });
      return (await api.send('GET', `${studio.path}/versions?${wanted}`)).body;
    },

    /** The open studio as it was. @param {string} version @returns {Promise<Studio>} */
    async lookAt(version) {
      const wanted = new URLSearchParams({ version });
      return (await api.send('GET', `${open().path}?${wanted}`)).body;
    },

    /** What changed between two versions, in words. @param {string} before @param {string} after */
    async compareVersions(before, after) {
      const path = `${open().path}/versions/${encodeURIComponent(before)}/compare/${encodeURIComponent(after)}`;
      return (await api.send('GET', path)).body;
    },

    /** Put an old version back, or one slot of it; `undo` takes that back. @param {string} version @param {string} [slotId] */
    restore(version, slotId) {
      const studio = open();
      const body = { version, ...(slotId !== undefined && { slotId }) };
      return once(`restore ${studio.id} ${version} ${slotId}`, () =>
        studio.replaceBy((ifMatch) => api.change('POST', `${studio.path}/restore`, { ifMatch, body })()),
      );
    },

    // Scenes, products, guest links -------------------------------------------------------------------------------

    /**
     * @param {string} _client
     * @param {string} studioId
     * @param {{ id?: string, name?: string, file?: Blob & { name?: string }, from?: object, imageUrl?: string }} scene
     */
    addUserScene: (_client, studioId, scene) => scenesOf(studioId).add(scene),
    /** @param {string} _client @param {string} studioId @param {string} sceneId */
    deleteUserScene: (_client, studioId, sceneId) => scenesOf(studioId).delete(sceneId),
    /** @param {string} sceneId @param {string} name */
    renameUserScene: (sceneId, name) => scenesOf(open().id).rename(sceneId, name),
    /** @param {string} sceneId @param {Blob & { name?: string }} file */
    replaceUserScene: (sceneId, file) => scenesOf(open().id).replace(sceneId, file),
    /** @param {string} sceneId */
    undeleteUserScene: (sceneId) => scenesOf(open().id).undelete(sceneId),

    /** @param {{ name: string, files?: (Blob & { name?: string })[] }} product */
    addProduct: (product) => library.addProduct(product),
    /** @param {string} id @param {Partial<Product>} changes */
    updateProduct: (id, changes) => library.updateProduct(id, changes),
    /** @param {string} id */
    deleteProduct: (id) => library.deleteProduct(id),
    /** @param {string} id */
    undeleteProduct: (id) => library.undeleteProduct(id),
    /** @param {string} id @param {Blob & { name?: string }} file */
    addProductPicture: (id, file) => library.addPicture(id, file),
    /** @param {string} id @param {string} imageId */
    deleteProductPicture: (id, imageId) => library.deletePicture(id, imageId),

    /** @returns {Promise<{ items: any[] }>} */
    shares: async () => (await api.send('GET', `${open().path}/shares`)).body,
    /** @param {{ name?: string, expiresInDays?: number }} share */
    addShare: async (share) => (await api.change('POST', `${open().path}/shares`, { body: share })()).body,
    /** @param {string} id */
    deleteShare: async (id) => void (await api.change('DELETE', `${open().path}/shares/${id}`)()),

    // Conflicts and saving ----------------------------------------------------------------------------------------

    /** @param {Conflict} conflict @param {'mine' | 'theirs'} side whose value is to hold */
    resolveConflict: (conflict, side) => studioOf(conflict.studioId).resolve(conflict, side),

    /** Save all that is unsaved now. @returns {Promise<void>} */
    async flush() {
      await Promise.all([...studios.values()].map((studio) => studio.saving.flush()));
    },

    // What becomes of the page ------------------------------------------------------------------------------------

    /** The page is hidden or goes: what is unsaved is sent now. */
    pageHidden() {
      isShown = false;
      clock.clearTimeout(lookTimer);
      for (const studio of studios.values()) {
        studio.generation.watch(false);
        if (studio.copy.isUnsaved) void studio.saving.flush({ isLeaving: true });
      }
    },

    /** The page is shown again: others may have changed what it shows. */
    pageShown() {
      isShown = true;
      for (const studio of studios.values()) studio.saving.shown();
      current.peek()?.generation.watch(true);
      lookOften();
    },

    wentOnline() {
      online.value = true;
      for (const studio of studios.values()) studio.saving.wake();
    },

    wentOffline() {
      online.value = false;
      for (const studio of studios.values()) studio.saving.lost();
    },

    /** Somebody signed in: go on with what was refused for want of that. */
    signedIn() {
      for (const studio of studios.values()) studio.saving.wake();
    },

    /** The page is gone. */
    close() {
      clock.clearTimeout(lookTimer);
      for (const studio of studios.values()) studio.close();
      outbox.close();
    },
  };

  /**
   * @param {OpenStudio} studio
   * @param {string[]} slotIds
   * @param {{ count?: number, seed?: number }} how
   */
  function execute(studio, slotIds, how) {
    return once(`execute ${studio.id} ${slotIds.join()}`, async () => {
      await studio.settled();
      const body = { slotIds, ...how };
      const ask = api.change('POST', `${studio.path}/generate`, { body, prefer: 'respond-async' });
      return studio.generation.ask(ask, slotIds);
    });
  }

  /** @param {string} studioId */
  function scenesOf(studioId) {
    return new UserScenes({ studio: studioOf(studioId), uploads, newId });
  }
}

/**
 * What people own, with these rows in place of all others.
 *
 * @param {Owned} owned
 * @param {Slot[]} slots
 * @returns {Owned}
 */
function withRows(owned, slots) {
  const ids = slots.map(({ id }) => id);
  const gone = liveRows(owned).filter(({ id }) => !ids.includes(id));
  let changed = gone.reduce((all, { id }) => withRow(all, id, { deleted: true }), owned);
  for (const slot of slots) {
    changed = withUpdates(changed, slot.id, slot);
    changed = withRow(changed, slot.id, { settings: { ...slot.settings } });
  }
  return inOrder(changed, ids);
}

/**
 * @param {Owned} owned
 * @param {string} slotId
 * @param {Partial<Slot>} updates
 * @returns {Owned}
 */
function withUpdates(owned, slotId, { productIds, favorites, outputImage, settings }) {
  const row = findRow(owned, slotId) ?? emptyRow(slotId);
  const cleared = Object.entries({ ...row.settings, ...settings }).filter(([, value]) => value !== null);
  return withRow(owned, slotId, {
    ...(productIds !== undefined && { productIds }),
    ...(favorites !== undefined && { favorites }),
    ...(outputImage !== undefined && { outputImage }),
    ...(settings !== undefined && { settings: Object.fromEntries(cleared) }),
  });
}
