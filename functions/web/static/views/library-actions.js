/**
 * What people do with the library: scenes of their own, products, and the pictures of both.
 *
 * @import { PageState } from './page-state.js'
 * @import { Product, Scene } from '../../types.d.ts'
 */

import { chooseFiles } from './files.js';
import { UNDO } from './words.js';

/**
 * @param {PageState} page
 * @param {object} how
 * @param {<T>(run: () => Promise<T>) => Promise<T | undefined>} how.tried does something of which a failure is said
 * @param {(saved: Promise<unknown>) => void} how.settled leaves to itself what tells of its failure
 */
export function libraryActions(page, { tried, settled }) {
  const { data, clientId } = page;
  const studioId = () => /** @type {string} */ (data.studio.value?.id);

  return {
    /* Scenes */

    /** @param {File[]} files */
    addScenes(files) {
      for (const file of files) settled(data.addUserScene(clientId, studioId(), { file }));
    },

    /** @param {string} sceneId */
    replaceScene(sceneId) {
      chooseFiles((files) => files.slice(0, 1).forEach((file) => settled(data.replaceUserScene(sceneId, file))));
    },

    /** @param {string} sceneId @param {string} name */
    renameScene(sceneId, name) {
      return tried(() => data.renameUserScene(sceneId, name));
    },

    /** @param {Scene} scene */
    async removeScene(scene) {
      await tried(async () => {
        await data.deleteUserScene(clientId, studioId(), scene.id);
        page.say(`“${scene.name || 'Scene'}” deleted.`, UNDO, () => tried(() => data.undeleteUserScene(scene.id)));
      });
    },

    /* Products */

    /** @param {string} name @param {File[]} files */
    addProduct(name, files) {
      return tried(() => data.addProduct({ name, files }));
    },

    /** Each file is a product of its own, with the file's name. @param {File[]} files */
    addProducts(files) {
      for (const file of files) this.addProduct(named(file), [file]);
    },

    /** @param {string} id @param {string} name */
    renameProduct(id, name) {
      return tried(() => data.updateProduct(id, { name }));
    },

    /** @param {Product} product */
    async removeProduct(product) {
      await tried(async () => {
        await data.deleteProduct(product.id);
        page.say(`“${product.name}” deleted.`, UNDO, () => tried(() => data.undeleteProduct(product.id)));
      });
    },

    /** @param {string} id @param {File[]} files */
    addProductPictures(id, files) {
      for (const file of files) settled(data.addProductPicture(id, file));
    },

    /** @param {string} id @param {string} imageId */
    chooseProductPicture(id, imageId) {
      return tried(() => data.updateProduct(id, { imageId }));
    },

    /** @param {string} id @param {string} imageId */
    removeProductPicture(id, imageId) {
      return tried(() => data.deleteProductPicture(id, imageId));
    },
  };
}

/** A name made of a file's. @param {File} file */
function named(file) {
  return file.name.replace(/\.[^.]*$/, '').replace(/[-_]+/g, ' ').trim().slice(0, 200) || 'Product';
}
