/**
 * Requests to the service: one function that sends, and one that sends until it is known what came of it.
 *
 * @import { Clock, Session } from '../types.d.ts'
 */

import { RequestFailed } from './problems.js';

/** How long a reply is waited for; after that, and not before, a request may be sent again without one. */
export const REPLY_MILLISECONDS = 30_000;

/** Browsers let 64 KiB be on their way at once in requests that outlive their page. */
const KEEPALIVE_CHARACTERS = 15_000;
/** So long a request that may not have been done is taken for the same when it is asked for again. */
const DOUBT_MILLISECONDS = 300_000;
const ATTEMPTS = 5;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 20_000;

/**
 * @typedef {object} Sending
 * @property {unknown} [body] sent as JSON
 * @property {string} [key] the Idempotency-Key
 * @property {string} [ifMatch]
 * @property {string} [ifNoneMatch]
 * @property {string} [prefer]
 * @property {Record<string, string>} [headers] further ones
 * @property {AbortSignal} [signal]
 */

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {any} body the value of its JSON; null if it has none
 * @property {string | null} tag its ETag
 * @property {Headers} headers
 */

/** Sends requests with the token of who is signed in. */
export class Api {
  /**
   * Requests of which it is not known what came of them.
   *
   * @type {Map<string, { send: () => Promise<Answer>, since: number }>}
   */
  #doubtful = new Map();

  /**
   * @param {object} uses
   * @param {typeof globalThis.fetch} uses.fetch
   * @param {Clock} uses.clock
   * @param {Session} uses.session
   * @param {() => string} uses.newKey makes idempotency keys
   * @param {() => number} [uses.random] from 0 to 1, for pauses that differ
   */
  constructor({ fetch, clock, session, newKey, random = Math.random }) {
    this.fetch = fetch;
    this.clock = clock;
    this.session = session;
    this.newKey = newKey;
    this.random = random;
  }

  /**
   * Send a request once; only a token that has run out is renewed on the way.
   *
   * @param {string} method
   * @param {string} path
   * @param {Sending} [sending]
   * @returns {Promise<Answer>} the answer, if it is a good one or 304
   * @throws {RequestFailed}
   */
  async send(method, path, sending = {}) {
    try {
      return await this.#sendOnce(method, path, sending);
    } catch (error) {
      const isSignedOut = error instanceof RequestFailed && error.status === 401;
      if (!isSignedOut || !(await this.#fromIssuer(() => this.session.refresh()))) throw error;
      return this.#sendOnce(method, path, sending);
    }
  }

  /**
   * A request that changes something: a function that sends it, and that may be called again after a failure.
   * It then repeats the same request under the same key, so that it is done once however often it is sent. What is
   * asked for again, while it is not known what came of it the last time, is a repeat too: somebody clicked again.
   *
   * @param {string} method
   * @param {string} path
   * @param {Sending} [sending]
   * @returns {() => Promise<Answer>}
   */
  change(method, path, sending = {}) {
    const name = JSON.stringify([method, path, sending.body, sending.ifMatch]);
    const doubtful = this.#doubtful.get(name);
    if (doubtful && this.clock.now() - doubtful.since < DOUBT_MILLISECONDS) return doubtful.send;
    const since = this.clock.now();
    const repeat = this.#repeatable(method, path, { key: this.newKey(), ...sending });
    const send = async () => {
      this.#doubtful.delete(name);
      try {
        return await repeat();
      } catch (error) {
        if (error instanceof RequestFailed && !error.isDefinite) this.#doubtful.set(name, { send, since });
        throw error;
      }
    };
    return send;
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {Sending} keyed
   * @returns {() => Promise<Answer>}
   */
  #repeatable(method, path, keyed) {
    let mayRepeatAt = 0;
    return async () => {
      for (let attempt = 1; ; attempt += 1) {
        await this.sleep(mayRepeatAt - this.clock.now());
        const sentAt = this.clock.now();
        try {
          return await this.send(method, path, keyed);
        } catch (error) {
          if (!(error instanceof RequestFailed)) throw error;
          mayRepeatAt = this.mayRepeatAt(error, sentAt, attempt);
          if (error.isDefinite || error.kind === 'unreachable' || attempt === ATTEMPTS) throw error;
        }
      }
    };
  }

  /**
   * When a request may be sent again: after an answer when the service wants it, without one after 30 s.
   *
   * @param {RequestFailed} error how it failed
   * @param {number} sentAt
   * @param {number} attempt counts from 1
   */
  mayRepeatAt(error, sentAt, attempt) {
    const answered = error.kind === 'busy' || error.kind === 'refused';
    const pause = this.pause(attempt);
    if (answered) return this.clock.now() + Math.max(pause, error.retryAfter ?? 0);
    return Math.max(sentAt + REPLY_MILLISECONDS, this.clock.now() + pause);
  }

  /**
   * A pause before the next attempt, longer each time and never quite the same.
   *
   * @param {number} attempt counts from 1
   */
  pause(attempt) {
    return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1)) * (0.5 + this.random() / 2);
  }

  /** @param {number} milliseconds @returns {Promise<void>} */
  sleep(milliseconds) {
    if (milliseconds <= 0) return Promise.resolve();
    return new Promise((resolve) => void this.clock.setTimeout(resolve, milliseconds));
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {Sending} sending
   * @returns {Promise<Answer>}
   */
  async #sendOnce(method, path, sending) {
    const body = sending.body === undefined ? undefined : JSON.stringify(sending.body);
    const token = await this.#fromIssuer(() => this.session.token());
    const headers = {
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(sending.key !== undefined && { 'idempotency-key': sending.key }),
      ...(sending.ifMatch !== undefined && { 'if-match': sending.ifMatch }),
      ...(sending.ifNoneMatch !== undefined && { 'if-none-match': sending.ifNoneMatch }),
      ...(sending.prefer !== undefined && { prefer: sending.prefer }),
      ...sending.headers,
    };
    const keepalive = method !== 'GET' && (body?.length ?? 0) < KEEPALIVE_CHARACTERS;
    const reply = await this.#inTime(sending.signal, (signal) =>
      this.fetch(path, { method, headers, body, keepalive, signal, cache: 'no-store' }).then(read),
    );
    const { status } = reply;
    if ((status >= 200 && status < 300) || status === 304) return reply;
    const problem = reply.body !== null && typeof reply.body === 'object' ? reply.body : {};
    throw new RequestFailed(
      status === 429 || status >= 500 ? 'busy' : 'refused',
      status,
      problem,
      retryAfter(reply.headers, this.clock.now()),
    );
  }

  /**
   * What the session says; an issuer that is out of reach is as a service that is.
   *
   * @template T
   * @param {() => Promise<T>} ask
   * @returns {Promise<T>}
   */
  async #fromIssuer(ask) {
    try {
      return await ask();
    } catch {
      throw new RequestFailed('unreachable');
    }
  }

  /**
   * @template T
   * @param {AbortSignal | undefined} outer
   * @param {(signal: AbortSignal) => Promise<T>} call
   * @returns {Promise<T>}
   */
  #inTime(outer, call) {
    const abort = new AbortController();
    return new Promise((resolve, reject) => {
      const fail = (/** @type {unknown} */ reason) => {
        abort.abort();
        reject(reason);
      };
      const timer = this.clock.setTimeout(() => fail(new RequestFailed('unanswered')), REPLY_MILLISECONDS);
      const leave = () => fail(outer?.reason);
      outer?.addEventListener('abort', leave);
      call(abort.signal)
        .then(resolve, () => reject(new RequestFailed('unreachable')))
        .finally(() => {
          this.clock.clearTimeout(timer);
          outer?.removeEventListener('abort', leave);
        });
    });
  }
}

/**
 * @param {Response} response
 * @returns {Promise<Answer>}
 */
async function read(response) {
  const text = await response.text();
  return {
    status: response.status,
    // A good answer that cannot be read was cut off, or is not from the service.
    body: response.ok && text ? JSON.parse(text) : parsed(text),
    tag: response.headers.get('etag'),
    headers: response.headers,
  };
}

/** @param {string} text the value of a JSON text; null for any other, such as a gateway's page @returns {any} */
function parsed(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

/**
 * @param {Headers} headers
 * @param {number} now
 * @returns {number | null}
 */
function retryAfter(headers, now) {
  const value = headers.get('retry-after');
  if (value === null) return null;
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : null;
}
