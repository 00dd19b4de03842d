/**
 * A client and its library: products, and the scenes from stock.
 *
 * @import { Client, Product, Scene } from '../types.d.ts'
 * @import { Api } from './api.js'
 * @import { NamedFile, Uploads } from './uploads.js'
 */

import { signal } from '@preact/signals-core';
import { announced } from './uploads.js';

/**
 * @param {object} uses
 * @param {string} uses.path the client's address
 * @param {Api} uses.api
 * @param {Uploads} uses.uploads
 * @param {() => string} uses.newId
 */
export function libraryMethods(uses) {
  const library = new Library(uses);
  return {
    client: library.client,
    stockScenes: library.stockScenes,
    readClient: () => library.read(),
    readStockScenes: () => library.readStockScenes(),
    /** @param {{ name: string, files?: NamedFile[] }} product */
    addProduct: (product) => library.addProduct(product),
    /** @param {string} id @param {Partial<Product>} changes */
    updateProduct: (id, changes) => library.updateProduct(id, changes),
    /** @param {string} id */
    deleteProduct: (id) => library.deleteProduct(id),
    /** @param {string} id */
    undeleteProduct: (id) => library.undeleteProduct(id),
    /** @param {string} id @param {NamedFile} file */
    addProductPicture: (id, file) => library.addPicture(id, file),
    /** @param {string} id @param {string} imageId */
    deleteProductPicture: (id, imageId) => library.deletePicture(id, imageId),
  };
}

class Library {
  client = signal(/** @type {Client | null} */ (null));
  stockScenes = signal(/** @type {Scene[]} */ ([]));

  /**
   * @param {object} uses
   * @param {string} uses.path the client's address
   * @param {Api} uses.api
   * @param {Uploads} uses.uploads
   * @param {() => string} uses.newId
   */
  constructor({ path, api, uploads, newId }) {
    this.path = path;
    this.api = api;
    this.uploads = uploads;
    this.newId = newId;
  }

  /** Read the client with its products. */
  async read() {
    const { body } = await this.api.send('GET', this.path);
    this.client.value = body;
  }

  async readStockScenes() {
    const { body } = await this.api.send('GET', '/api/scenes');
    this.stockScenes.value = body.items;
  }

  /**
   * Add a product, perhaps with pictures.
   *
   * @param {{ name: string, files?: NamedFile[] }} product
   * @returns {Promise<Product>} ends when the product is there; its pictures may still be on their way
   */
  async addProduct({ name, files = [] }) {
    const id = this.newId();
    const { body } = await this.api.change('PUT', this.#product(id), { body: { name } })();
    this.#show(body);
    for (const file of files) void this.addPicture(id, file);
    return body;
  }

  /**
   * @param {string} id
   * @param {Partial<Product>} changes
   */
  async updateProduct(id, changes) {
    const before = this.client.peek()?.products.find((one) => one.id === id);
    if (before) this.#show({ ...before, ...changes });
    try {
      const { body } = await this.api.change('PATCH', this.#product(id), { body: changes })();
      this.#show(body);
    } catch (error) {
      if (before) this.#show(before);
      throw error;
    }
  }

  /** @param {string} id */
  async deleteProduct(id) {
    await this.api.change('DELETE', this.#product(id))();
    const client = this.client.peek();
    if (client) this.client.value = { ...client, products: client.products.filter((one) => one.id !== id) };
  }

  /** @param {string} id */
  async undeleteProduct(id) {
    await this.api.change('POST', `${this.#product(id)}/undelete`, { body: {} })();
    await this.read();
  }

  /**
   * Send one more picture of a product; once it is there, it is the one that is shown.
   *
   * @param {string} id
   * @param {NamedFile} file
   */
  addPicture(id, file) {
    const path = this.#product(id);
    return this.uploads.send({
      kind: 'product',
      name: file.name ?? id,
      file,
      about: { productId: id },
      ask: this.api.change('POST', `${path}/image`, { body: announced(file) }),
      look: (answer) => {
        const awaited = answer.body.product.uploads?.at(-1)?.id;
        return async () => this.#pictureState((await this.api.send('GET', path)).body, awaited);
      },
      changed: async () => this.#show((await this.api.send('GET', path)).body),
    });
  }

  /**
   * @param {string} id
   * @param {string} imageId
   */
  async deletePicture(id, imageId) {
    await this.api.change('DELETE', `${this.#product(id)}/images/${imageId}`)();
    this.#show((await this.api.send('GET', this.#product(id))).body);
  }

  /**
   * @param {Product} product
   * @param {string} uploadId
   * @returns {{ state: string, reason?: string }}
   */
  #pictureState(product, uploadId) {
    if (product.pictures?.some((one) => one.id === uploadId)) return { state: 'READY' };
    return product.uploads?.find((one) => one.id === uploadId) ?? { state: 'REJECTED', reason: 'It was taken away.' };
  }

  /** @param {Product} product */
  #show(product) {
    const client = this.client.peek();
    if (!client) return;
    const isKnown = client.products.some(({ id }) => id === product.id);
    const products = isKnown
      ? client.products.map((one) => (one.id === product.id ? product : one))
      : [...client.products, product];
    this.client.value = { ...client, products };
  }

  /** @param {string} id */
  #product(id) {
    return `${this.path}/products/${id}`;
  }
}
