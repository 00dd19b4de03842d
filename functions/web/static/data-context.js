/**
 * The data of a page: everything that is read, changed, saved and waited for, as signals and methods.
 *
 * The methods that the product description names (`addSceneStudio` to `deleteUserScene`) have its names and
 * parameters; most others are about the studio that is open, and take no id of it. Changes of what people own show
 * at once and are saved a second later; the promises of such methods end when they are saved, and nobody has to
 * wait for them. All other methods fail with an error whose message is for people.
 *
 * @import { ReadonlySignal } from '@preact/signals-core'
 * @import { Clock, Conflict, KeyValueStorage, Locks, SaveState, Session } from '../types.d.ts'
 * @import { SendForm } from './uploads.js'
 */

import { computed, signal } from '@preact/signals-core';
import { Api } from './api.js';
import { Desk } from './desk.js';
import { libraryMethods } from './library.js';
import { Outbox } from './outbox.js';
import { pictureMethods } from './pictures.js';
import { sharingMethods } from './sharing.js';
import { slotMethods } from './slots.js';
import { studioMethods } from './studios.js';
import { Uploads } from './uploads.js';
import { userSceneMethods } from './user-scenes.js';
import { versionMethods } from './versions.js';

/** @typedef {ReturnType<typeof createDataContext>} DataContext */

/**
 * @param {object} uses
 * @param {string} uses.clientId
 * @param {typeof globalThis.fetch} uses.fetch
 * @param {KeyValueStorage} uses.storage
 * @param {Locks | null} uses.locks
 * @param {Clock} uses.clock
 * @param {Session & { user: ReadonlySignal<{ name: string } | null>, isNeeded: boolean }} uses.session
 * @param {() => string} uses.newKey makes names that were never used before
 * @param {() => boolean} uses.isOnline what the browser thinks of the network
 * @param {SendForm} uses.sendForm
 * @param {() => number} [uses.random]
 */
export function createDataContext(uses) {
  const { clientId, fetch, storage, locks, clock, session, newKey, isOnline, sendForm, random } = uses;
  const path = `/api/clients/${clientId}`;
  const newId = () => newKey().replace(/[^A-Za-z0-9]/g, '').slice(0, 20).toLowerCase();
  const api = new Api({ fetch, clock, session, newKey, random });
  const outbox = new Outbox({ storage, locks, clientId, tab: newKey() });
  const desk = new Desk({ path, api, clock, outbox, isOnline, signIn: () => session.signIn() });
  const uploads = new Uploads({ api, sendForm });
  const online = signal(isOnline());
  const { current } = desk;

  return {
    ...studioMethods(desk),
    ...slotMethods(desk, newId),
    ...pictureMethods(desk),
    ...versionMethods(desk),
    ...libraryMethods({ path, api, uploads, newId }),
    ...userSceneMethods({ desk, uploads, newId }),
    ...sharingMethods(desk),

    /** The open studio as the page shows it; null while there is none. */
    studio: computed(() => current.value?.shown.value ?? null),
    /** How far the opening of the studio is. */
    opening: computed(() => current.value?.opening.value ?? null),
    /** @type {ReadonlySignal<SaveState>} */
    saveState: computed(() => current.value?.saveState.value ?? 'saved'),
    conflicts: computed(() => current.value?.conflicts.value ?? []),
    /** What became of pictures, by their ids. */
    progress: computed(() => Object.fromEntries(current.value?.generation.pictures.value.map((one) => [one.id, one]) ?? [])),
    typicalMilliseconds: computed(() => current.value?.generation.typicalMilliseconds.value ?? null),
    canUndo: computed(() => current.value?.undoing.canUndo.value ?? false),
    canRedo: computed(() => current.value?.undoing.canRedo.value ?? false),
    uploads: uploads.files,
    errors: desk.errors,
    online,
    user: session.user,
    /** Whether pictures have to be asked for with a token: `loadPicture` does. */
    needsToken: signal(session.isNeeded),

    /** @param {string} id */
    openStudio: (id) => desk.openStudio(id),
    closeStudio: () => desk.closeStudio(),
    flush: () => desk.flush(),
    discardUnsaved: () => desk.discardUnsaved(),
    /** @param {{ id: string }} error */
    dismissError: (error) => desk.dismissError(error),
    /**
     * @param {Conflict} conflict
     * @param {'mine' | 'theirs'} side whose value is to hold
     */
    resolveConflict: (conflict, side) => desk.of(conflict.studioId).resolve(conflict, side),

    /** A picture, asked for with the token. @param {string} address @returns {Promise<Blob>} */
    async loadPicture(address) {
      const token = await session.token();
      const reply = await fetch(address, token === null ? {} : { headers: { authorization: `Bearer ${token}` } });
      if (!reply.ok) throw new Error('The picture could not be loaded.');
      return reply.blob();
    },

    pageHidden: () => desk.pageHidden(),
    pageShown: () => desk.pageShown(),
    wentOnline() {
      online.value = true;
      desk.wake();
    },
    wentOffline() {
      online.value = false;
      desk.wentOffline();
    },
    /** Somebody signed in: go on with what was refused for want of that. */
    signedIn: () => desk.wake(),
    /** The page is gone. */
    close: () => desk.close(),
  };
}
