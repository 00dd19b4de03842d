/**
 * Files on their way: a ticket is asked for, the file is sent with it, and then it is watched until it has become a
 * picture or was rejected.
 *
 * @import { UploadProgress } from '../types.d.ts'
 * @import { Answer, Api } from './api.js'
 */

import { signal } from '@preact/signals-core';
import { RequestFailed } from './problems.js';

const AT_ONCE = 3;
const FIRST_LOOK = 500;
const LAST_LOOK = 5000;
const GROWTH = 1.5;

/** Types of pictures that some browsers do not know by their names. */
const TYPES = new Map([
  ['avif', 'image/avif'],
  ['heic', 'image/heic'],
  ['heif', 'image/heif'],
  ['tif', 'image/tiff'],
  ['tiff', 'image/tiff'],
  ['webp', 'image/webp'],
]);

/** @typedef {Blob & { name?: string }} NamedFile */

/**
 * @typedef {object} Ticket
 * @property {string} url
 * @property {Record<string, string>} fields
 */

/** @typedef {(ticket: Ticket, file: Blob, progress: (sent: number) => void, signal: AbortSignal) => Promise<void>} SendForm */

/**
 * What an upload is for.
 *
 * @typedef {object} Wanted
 * @property {'scene' | 'product'} kind
 * @property {string} name
 * @property {Blob} file
 * @property {Partial<Pick<UploadProgress, 'studioId' | 'sceneId' | 'productId'>>} about
 * @property {() => Promise<Answer>} ask asks for a ticket; asked again, it is the same upload
 * @property {(answer: Answer) => () => Promise<{ state: string, reason?: string }>} look from the answer with the
 *   ticket to what tells what became of the file
 * @property {() => Promise<unknown>} changed what the file belongs to is another now
 */

export class Uploads {
  files = signal(/** @type {UploadProgress[]} */ ([]));
  #active = 0;
  /** @type {(() => void)[]} */
  #queue = [];

  /**
   * @param {object} uses
   * @param {Api} uses.api
   * @param {SendForm} uses.sendForm
   */
  constructor({ api, sendForm }) {
    this.api = api;
    this.sendForm = sendForm;
  }

  /**
   * Send a file.
   *
   * @param {Wanted} wanted
   * @returns {Promise<UploadProgress>} how it ended; it never fails
   */
  send(wanted) {
    const id = this.api.newKey();
    return new Promise((resolve) => {
      const start = () => {
        const abort = new AbortController();
        const cancel = () => {
          abort.abort();
          this.#forget(id);
        };
        const { kind, name, file, about } = wanted;
        this.#put({ id, kind, name, ...about, sent: 0, size: file.size, state: 'ASKING', cancel, retry: start });
        this.#inTurn(() => this.#run(id, wanted, abort.signal)).then((ended) => ended && resolve(ended));
      };
      start();
    });
  }

  /**
   * @param {string} id
   * @param {Wanted} wanted
   * @param {AbortSignal} signal
   * @returns {Promise<UploadProgress | null>} null while it may be tried again
   */
  async #run(id, wanted, signal) {
    const { file, ask, look, changed } = wanted;
    try {
      const answer = await ask();
      void changed();
      signal.throwIfAborted();
      if (answer.body.upload) {
        this.#change(id, { state: 'SENDING' });
        await this.sendForm(answer.body.upload, file, (sent) => this.#change(id, { sent }), signal);
      }
      this.#change(id, { state: 'PROCESSING', sent: file.size });
      const ended = await this.#ended(look(answer), signal);
      await changed().catch(() => {});
      return this.#change(id, ended);
    } catch (error) {
      if (signal.aborted) return { .../** @type {UploadProgress} */ (this.#find(id)), state: 'CANCELLED' };
      const reason = error instanceof Error ? error.message : String(error);
      this.#change(id, { state: 'FAILED', reason });
      return null;
    }
  }

  /**
   * @param {() => Promise<{ state: string, reason?: string }>} look
   * @param {AbortSignal} signal
   * @returns {Promise<Pick<UploadProgress, 'state' | 'reason'>>}
   */
  async #ended(look, signal) {
    for (let pause = FIRST_LOOK; ; pause = Math.min(LAST_LOOK, pause * GROWTH)) {
      await this.api.sleep(pause);
      signal.throwIfAborted();
      try {
        const { state, reason } = await look();
        if (state === 'REJECTED') return { state, reason };
        if (state === 'READY') return { state };
      } catch (error) {
        if (!(error instanceof RequestFailed) || error.isDefinite) throw error;
      }
    }
  }

  /**
   * @template T
   * @param {() => Promise<T>} run
   * @returns {Promise<T>}
   */
  async #inTurn(run) {
    if (this.#active >= AT_ONCE) await new Promise((resolve) => this.#queue.push(() => resolve(null)));
    this.#active += 1;
    try {
      return await run();
    } finally {
      this.#active -= 1;
      this.#queue.shift()?.();
    }
  }

  /** @param {string} id */
  #find(id) {
    return this.files.peek().find((one) => one.id === id);
  }

  /** @param {UploadProgress} upload */
  #put(upload) {
    const others = this.files.peek().filter((one) => one.id !== upload.id);
    this.files.value = [...others, upload];
  }

  /**
   * @param {string} id
   * @param {Partial<UploadProgress>} members
   * @returns {UploadProgress}
   */
  #change(id, members) {
    const files = this.files.peek().map((one) => (one.id === id ? { ...one, ...members } : one));
    this.files.value = files;
    return /** @type {UploadProgress} */ (this.#find(id));
  }

  /** @param {string} id */
  #forget(id) {
    this.files.value = this.files.peek().filter((one) => one.id !== id);
  }
}

/**
 * What a ticket is asked for with.
 *
 * @param {NamedFile} file
 */
export function announced(file) {
  const ending = file.name?.toLowerCase().split('.').at(-1) ?? '';
  return { contentType: file.type || TYPES.get(ending) || 'application/octet-stream', size: file.size };
}

/**
 * Send a file with a ticket, and tell how far it is: `fetch` cannot.
 *
 * @type {SendForm}
 */
export function sendForm({ url, fields }, file, progress, signal) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', file);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const fail = (/** @type {string} */ words) => () => reject(new Error(words));
    request.upload.onprogress = ({ loaded }) => progress(Math.min(loaded, file.size));
    request.onload = () => (request.status < 300 ? resolve() : fail(refusal(request.status))());
    request.onerror = fail('The file did not arrive: the connection broke. Try again.');
    request.onabort = fail('The upload was cancelled.');
    signal.addEventListener('abort', () => request.abort());
    request.open('POST', url);
    request.send(form);
  });
}

/** @param {number} status */
function refusal(status) {
  if (status === 403) return 'The time to send this file is over. Try again.';
  return status === 413 || status === 400
    ? 'The file was not taken. It may be larger than it was when you chose it; choose it again.'
    : 'The file did not arrive. Try again.';
}
