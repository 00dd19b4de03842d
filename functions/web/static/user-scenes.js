/**
 * The scenes of a studio's own.
 *
 * @import { Scene } from '../types.d.ts'
 * @import { Desk } from './desk.js'
 * @import { OpenStudio } from './open-studio.js'
 * @import { NamedFile, Uploads } from './uploads.js'
 */

import { announced } from './uploads.js';

/**
 * A scene to add: of a file, or of a picture that is here already (`from`) or on the web.
 *
 * @typedef {{ id?: string, name?: string, file?: NamedFile, from?: object, imageUrl?: string }} NewScene
 */

/**
 * @param {object} uses
 * @param {Desk} uses.desk
 * @param {Uploads} uses.uploads
 * @param {() => string} uses.newId
 */
export function userSceneMethods({ desk, uploads, newId }) {
  const scenes = (id = desk.open.id) => new UserScenes({ studio: desk.of(id), uploads, newId });
  return {
    /**
     * @param {string} _client
     * @param {string} studioId
     * @param {NewScene} scene
     */
    addUserScene: (_client, studioId, scene) => scenes(studioId).add(scene),
    /**
     * @param {string} _client
     * @param {string} studioId
     * @param {string} sceneId
     */
    deleteUserScene: (_client, studioId, sceneId) => scenes(studioId).delete(sceneId),
    /** @param {string} sceneId @param {string} name */
    renameUserScene: (sceneId, name) => scenes().rename(sceneId, name),
    /** @param {string} sceneId @param {NamedFile} file */
    replaceUserScene: (sceneId, file) => scenes().replace(sceneId, file),
    /** @param {string} sceneId */
    undeleteUserScene: (sceneId) => scenes().undelete(sceneId),
  };
}

class UserScenes {
  /**
   * @param {object} uses
   * @param {OpenStudio} uses.studio
   * @param {Uploads} uses.uploads
   * @param {() => string} uses.newId
   */
  constructor({ studio, uploads, newId }) {
    this.studio = studio;
    this.api = studio.api;
    this.uploads = uploads;
    this.newId = newId;
  }

  /**
   * Add a scene.
   *
   * @param {NewScene} scene
   */
  async add({ id = this.newId(), name, file, from, imageUrl }) {
    if (file) {
      const called = name ?? (file.name ?? '').replace(/\.[^.]*$/, '').slice(0, 200);
      await this.#send(id, file, this.#path(), { id, name: called, ...announced(file) });
      return;
    }
    const told = { id, ...(name !== undefined && { name }), ...(from ? { from } : { imageUrl }) };
    await this.api.change('POST', this.#path(), { body: told })();
    await this.#read();
  }

  /**
   * Put another picture in the place of a scene's.
   *
   * @param {string} id
   * @param {NamedFile} file
   */
  async replace(id, file) {
    await this.#send(id, file, `${this.#path(id)}/image`, announced(file));
  }

  /**
   * @param {string} id
   * @param {string} name
   */
  async rename(id, name) {
    await this.api.change('PATCH', this.#path(id), { body: { name } })();
    await this.#read();
  }

  /** @param {string} id */
  async delete(id) {
    await this.api.change('DELETE', this.#path(id))();
    await this.#read();
  }

  /** @param {string} id */
  async undelete(id) {
    await this.api.change('POST', `${this.#path(id)}/undelete`, { body: {} })();
    await this.#read();
  }

  /**
   * @param {string} id
   * @param {NamedFile} file
   * @param {string} path
   * @param {object} body
   */
  #send(id, file, path, body) {
    return this.uploads.send({
      kind: 'scene',
      name: file.name ?? id,
      file,
      about: { studioId: this.studio.id, sceneId: id },
      ask: this.api.change('POST', path, { body }),
      look: () => async () => /** @type {Required<Scene>} */ ((await this.api.send('GET', this.#path(id))).body),
      changed: () => this.#read(),
    });
  }

  #read() {
    return this.studio.reading.read();
  }

  /** @param {string} [id] */
  #path(id) {
    return `${this.studio.path}/user-scenes${id === undefined ? '' : `/${id}`}`;
  }
}
