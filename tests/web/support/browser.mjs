/** A browser over a network that a test can break: its tabs share storage and locks. */

import { createDataContext } from '../../../functions/web/static/data-context.js';
import { noSession } from '../../../functions/web/static/no-session.js';
import { VirtualClock } from './virtual_clock.mjs';

const LATENCY = 20;
const SLOW = 8000;
/** Nothing that was sent is still running after 30 s. */
const ZOMBIE = 29_000;

export class Network {
  isUp = true;
  isOnline = true;
  /**
   * What becomes of the next requests: `lose` and `hang` never arrive, `lose-reply` and `hang-reply` are done
   * unheard, `zombie` is done long after it seemed lost, `slow` takes its time, and `twice` is done two times.
   */
  faults = [];
  /** What becomes of any other request; nothing bad if this gives null. */
  chance = () => null;
  sent = [];

  constructor(service, clock) {
    this.service = service;
    this.clock = clock;
  }

  /** Break the next request of this method in this way. */
  break(method, fault) {
    this.faults.push({ method, fault });
  }

  fetch(tab) {
    return (address, { method = 'GET', headers = {}, body, signal, keepalive = false } = {}) => {
      this.sent.push({ at: this.clock.now(), method, address, headers, body, keepalive });
      const fault = this.#fault(method);
      return new Promise((resolve, reject) => {
        const fail = () => reject(new TypeError('fetch failed'));
        const after = (milliseconds, call) => void this.clock.setTimeout(call, milliseconds);
        const answer = () => response(this.service.answer(method, address, headers, body));
        const gone = () => tab.isDead && !keepalive;
        signal?.addEventListener('abort', fail);
        if (!this.isUp || !this.isOnline || fault === 'lose') return after(LATENCY, fail);
        if (fault === 'zombie') {
          after(LATENCY, fail);
          return after(ZOMBIE, answer);
        }
        return after(fault === 'slow' ? SLOW : LATENCY, () => {
          if (fault === 'hang' || gone()) return;
          const found = answer();
          if (fault === 'twice') after(LATENCY, answer);
          if (fault === 'lose-reply') after(LATENCY, fail);
          else if (fault !== 'hang-reply') after(LATENCY, () => tab.isDead || resolve(found));
        });
      });
    };
  }

  #fault(method) {
    const at = this.faults.findIndex((one) => one.method === method);
    return at < 0 ? this.chance(method) : this.faults.splice(at, 1)[0].fault;
  }
}

/** As much of a `Response` as is used, without its machinery. */
export function response({ status, headers = {}, body }) {
  return {
    status,
    ok: status >= 200 && status < 300,
    headers: new Headers(headers),
    text: async () => (typeof body === 'string' || body === undefined ? (body ?? '') : JSON.stringify(body)),
    json: async () => structuredClone(body),
    blob: async () => new Blob([String(body)]),
  };
}

/** localStorage, which tabs share. */
export class Storage {
  #items = new Map();
  /** Whether nothing more fits in. */
  isFull = false;

  get length() {
    return this.#items.size;
  }

  key(index) {
    return [...this.#items.keys()][index] ?? null;
  }

  getItem(key) {
    return this.#items.get(key) ?? null;
  }

  setItem(key, value) {
    if (this.isFull) throw new DOMException('full', 'QuotaExceededError');
    this.#items.set(key, String(value));
  }

  removeItem(key) {
    this.#items.delete(key);
  }
}

/** navigator.locks: exclusive ones, which end with their tab. */
class Locks {
  #holders = new Map();
  #queues = new Map();

  of(tab) {
    return {
      request: (name, { signal } = {}, held) =>
        new Promise((resolve, reject) => {
          const waiting = { tab, run: () => this.#run(name, tab, held).then(resolve, reject) };
          signal?.addEventListener('abort', () => {
            this.#drop(name, waiting);
            reject(signal.reason);
          });
          this.#queues.set(name, [...(this.#queues.get(name) ?? []), waiting]);
          this.#grant(name);
        }),
    };
  }

  /** The tab is gone, and with it what it held and waited for. */
  release(tab) {
    for (const [name, queue] of this.#queues) this.#queues.set(name, queue.filter((one) => one.tab !== tab));
    for (const [name, holder] of this.#holders) {
      if (holder !== tab) continue;
      this.#holders.delete(name);
      this.#grant(name);
    }
  }

  async #run(name, tab, held) {
    this.#holders.set(name, tab);
    try {
      return await held();
    } finally {
      if (this.#holders.get(name) === tab) {
        this.#holders.delete(name);
        this.#grant(name);
      }
    }
  }

  #grant(name) {
    if (this.#holders.has(name)) return;
    const [next, ...rest] = this.#queues.get(name) ?? [];
    if (!next) return;
    this.#queues.set(name, rest);
    void next.run();
  }

  #drop(name, waiting) {
    this.#queues.set(name, (this.#queues.get(name) ?? []).filter((one) => one !== waiting));
  }
}

export class Browser {
  storage = new Storage();
  #locks = new Locks();
  #lastKey = 0;

  constructor(service, { clock = new VirtualClock(), name = 'browser', random = () => 0.5 } = {}) {
    this.service = service;
    this.clock = clock;
    this.name = name;
    this.random = random;
    this.network = new Network(service, clock);
  }

  /** A new tab, with `data` as its data context. */
  tab({ session = noSession(), sendForm = async () => {}, hasLocks = true } = {}) {
    const tab = { isDead: false };
    const data = createDataContext({
      clientId: 'acme',
      fetch: this.network.fetch(tab),
      storage: new Proxy(this.storage, { get: (storage, name) => (tab.isDead ? deadStorage : bound(storage))[name] }),
      locks: hasLocks ? this.#locks.of(tab) : null,
      clock: {
        now: () => this.clock.now(),
        setTimeout: (call, after) => this.clock.setTimeout(() => tab.isDead || call(), after),
        clearTimeout: (timer) => this.clock.clearTimeout(timer),
      },
      session,
      newKey: () => `${this.name}-${(this.#lastKey += 1)}`,
      isOnline: () => this.network.isOnline,
      sendForm,
      random: this.random,
    });
    return Object.assign(tab, {
      data,
      /** Kill it as a crash does: it does nothing any more, and is told nothing. */
      kill: () => {
        tab.isDead = true;
        this.#locks.release(tab);
      },
      /** Close it as a person does. */
      close: async () => {
        data.pageHidden();
        await this.clock.pass(0);
        tab.kill();
      },
    });
  }

  /** A new tab with a studio open in it. */
  async open(studioId, options) {
    const tab = this.tab(options);
    void tab.data.openStudio(studioId);
    await this.clock.pass(200);
    return tab;
  }

  setOnline(isOnline, ...tabs) {
    this.network.isOnline = isOnline;
    for (const { data } of tabs) isOnline ? data.wentOnline() : data.wentOffline();
  }
}

const deadStorage = { length: 0, key: () => null, getItem: () => null, setItem() {}, removeItem() {} };

function bound(storage) {
  return {
    length: storage.length,
    key: (index) => storage.key(index),
    getItem: (key) => storage.getItem(key),
    setItem: (key, value) => storage.setItem(key, value),
    removeItem: (key) => storage.removeItem(key),
  };
}

/** The saves among what was sent. */
export const saves = (network) => network.sent.filter(({ method }) => method === 'PATCH');
