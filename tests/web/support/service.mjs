/**
 * The service as a browser meets it: studios with versions, merged saves, idempotency keys, pictures in the making.
 *
 * Merging is that of the page, which `test_merging.py` shows to be that of the service.
 */

import { merge } from '../../../functions/web/static/merging.js';
import { emptyRow, findRow } from '../../../functions/web/static/owned.js';

export const CLIENT = '/api/clients/acme';

export class Service {
  /** Every request that arrived, in order. */
  requests = [];
  /** How each save ended: who overwrote what. */
  conflicts = [];
  products = [{ id: 'chair', name: 'Oak Chair' }];
  uploads = new Map();
  shares = [];
  /** At most so many studios are looked at for a part of their list. */
  atOnce = 100;
  /** The next requests for which this gives an answer get it in place of the service's own. */
  #instead = [];
  #studios = new Map();
  #lastId = 0;

  /** Answer the next request of this method and address in this way. */
  next(method, path, answer) {
    this.#instead.push({ method, path, answer });
  }

  /** A studio with these slots. */
  add(id, slots = {}) {
    const rows = Object.entries(slots).map(([slotId, settings]) => newSlot(slotId, { settings }));
    this.#studios.set(id, { id, versions: [], ring: new Map(), deletedAt: null });
    this.#commit(this.#studios.get(id), { name: 'Main Studio', slots: rows }, null);
    return this;
  }

  /** Somebody else changes what people own in a studio: `change` is given a copy of the document's inside. */
  change(id, change) {
    const studio = this.#studios.get(id);
    const inside = structuredClone(now(studio));
    change(inside);
    return this.#commit(studio, inside, null);
  }

  /** Somebody else changes settings of a slot. */
  set(id, slotId, settings) {
    return this.change(id, ({ slots }) => Object.assign(slots.find((slot) => slot.id === slotId).settings, settings));
  }

  /** The studio as anybody reads it now. */
  read(id) {
    return this.#view(this.#studios.get(id));
  }

  slot(id, slotId) {
    return this.read(id).outputSlots.find((slot) => slot.id === slotId);
  }

  /** All versions but the newest are no longer kept. */
  forgetVersions(id) {
    const studio = this.#studios.get(id);
    studio.versions = studio.versions.map((one, at) => (at < studio.versions.length - 1 ? null : one));
  }

  delete(id) {
    this.#studios.get(id).deletedAt = '2026-01-01T00:00:00.000Z';
  }

  /** How many times a studio was committed. */
  commits(id) {
    return this.#studios.get(id).versions.length;
  }

  /** Pictures that were asked for end: well, or for this reason. */
  end(id, { reason } = {}) {
    this.change(id, ({ slots }) => {
      for (const slot of slots) {
        for (const one of slot.generation.splice(0)) {
          if (reason) slot.generation.push({ ...one, state: 'failed', reason });
          else slot.history.unshift(revision(id, slot.id, one.id));
        }
        if (slot.history.length && !reason) slot.outputImage = slot.history[0].url;
      }
    });
  }

  /** Answer a request: a status, headers and a body. */
  answer(method, address, headers, text) {
    const { pathname: path, searchParams: query } = new URL(address, 'http://service');
    const body = text === undefined ? undefined : JSON.parse(text);
    const request = { method, path, query, headers, body, key: headers['idempotency-key'], tag: headers['if-match'] };
    this.requests.push(request);
    const at = this.#instead.findIndex((one) => one.method === method && path.endsWith(one.path));
    if (at >= 0) return this.#instead.splice(at, 1)[0].answer;
    return this.#routed(request);
  }

  #routed(request) {
    const { method, path, headers } = request;
    if (path === CLIENT) return ok({ id: 'acme', name: 'ACME', products: this.products, clientSessions: [], sceneStudios: [] });
    const product = path.match(/\/products\/([^/]+)(\/.*)?$/);
    if (product) return this.#product(request, product[1], product[2] ?? '');
    const [, studioId, rest = ''] = path.match(/\/scene-studio(?:\/([^/]+)(\/.*)?)?$/) ?? [];
    if (studioId === undefined) return this.#list(request);
    const studio = this.#studios.get(studioId);
    if (method === 'PUT' && rest === '' && !studio) {
      this.add(studioId);
      return this.#whole(this.#studios.get(studioId), 201);
    }
    if (!studio) return problem(404, 'not-found', { kind: 'studio', name: studioId });
    if (method === 'POST' && rest === '/undelete') {
      studio.deletedAt = null;
      return this.#whole(studio);
    }
    if (studio.deletedAt) {
      return problem(410, 'deleted', { kind: 'studio', restorableUntil: '2026-01-31T00:00:00.000Z' });
    }
    if (method === 'PUT') return this.#refused(studio, 412, 'precondition-failed');
    if (method === 'DELETE' && rest === '') {
      studio.deletedAt = '2026-01-01T00:00:00.000Z';
      return { status: 204 };
    }
    if (method === 'GET' && rest === '') {
      const named = request.query.get('version');
      if (named) return ok(this.#view(studio, studio.versions[Number(named) - 1]));
      return headers['if-none-match'] === tagOf(studio) ? { status: 304 } : this.#whole(studio);
    }
    if (method === 'PATCH' && rest === '') return this.#save(studio, request);
    if (method === 'POST' && rest === '/restore') return this.#restore(studio, request);
    if (rest.startsWith('/user-scenes')) return this.#scenes(studio, request, rest.slice('/user-scenes'.length));
    if (rest.startsWith('/shares')) return this.#shares(request);
    return this.#generation(studio, request, rest);
  }

  // Saves -----------------------------------------------------------------------------------------------------------

  #save(studio, request) {
    const { key, tag, body } = request;
    const isMinimal = request.headers.prefer === 'return=minimal';
    const text = JSON.stringify(body);
    const before = studio.ring.get(key);
    if (before && before.text !== text) return problem(422, 'idempotency-key-reused');
    const base = studio.versions[revOf(tag) - 1];
    if (before) return isMinimal ? minimal(before.merge) : this.#whole(studio, 200, before.merge);
    if (!base) return this.#refused(studio, 412, 'version-gone');
    const refusal = invalid(body);
    if (refusal) return refusal;
    const current = now(studio);
    const mine = edited(base, body);
    const merged = base === current ? { owned: mine, conflicts: [] } : merge(owned(base), mine, owned(current), {
      asked: new Set(current.slots.filter((slot) => slot.askedAt > studio.versions.indexOf(base)).map(({ id }) => id)),
    });
    const conflicts = merged.conflicts.map((one) => ({ pointer: `/${one.field}`, ...one, slotId: one.slotId ?? undefined }));
    if (conflicts.length) this.conflicts.push({ key, conflicts: merged.conflicts });
    const told = conflicts.length ? { conflicts, ignored: [] } : undefined;
    const inside = withOwned(current, merged.owned);
    if (JSON.stringify(inside) !== JSON.stringify(current)) this.#commit(studio, inside, { key, text, merge: told });
    if (isMinimal) return base === current ? { status: 204, headers: { etag: tagOf(studio) } } : minimal(told);
    return this.#whole(studio, 200, told);
  }

  #restore(studio, { body, key }) {
    const before = studio.ring.get(key);
    if (before) return this.#whole(studio);
    const old = studio.versions[Number(body.version) - 1];
    const current = now(studio);
    const gone = current.slots.map((slot) => ({ ...slot, deleted: true }));
    const kept = old.slots.map((slot) => ({ ...gone.find(({ id }) => id === slot.id), ...pick(slot), deleted: slot.deleted }));
    const rest = gone.filter(({ id }) => !kept.some((one) => one.id === id));
    this.#commit(studio, { name: old.name, slots: [...kept, ...rest] }, { key, text: JSON.stringify(body) });
    return this.#whole(studio);
  }

  #commit(studio, inside, applied) {
    studio.versions.push(inside);
    if (applied) studio.ring.set(applied.key, applied);
    return this;
  }

  #whole(studio, status = 200, merged) {
    return ok({ ...this.#view(studio), ...(merged && { merge: merged }) }, status, { etag: tagOf(studio) });
  }

  #refused(studio, status, type) {
    return problem(status, type, { current: this.#view(studio), etag: tagOf(studio) });
  }

  #view(studio, inside = now(studio)) {
    const time = '2026-01-01T00:00:00.000Z';
    const live = inside.slots.filter((slot) => !slot.deleted);
    return structuredClone({
      id: studio.id,
      name: inside.name,
      clientId: 'acme',
      createdAt: time,
      updatedAt: time,
      outputSlots: live.map(({ deleted: _, askedAt: __, ...slot }) => ({
        ...slot,
        status: status(slot),
        historyCount: slot.history.length,
        etag: tagOf(studio),
      })),
      userScenes: inside.scenes ?? [],
      deletedSlots: inside.slots.filter((slot) => slot.deleted).map(({ id }) => ({ id, deletedAt: time, restorableUntil: time })),
    });
  }

  // Pictures --------------------------------------------------------------------------------------------------------

  #generation(studio, { method, body, query, key }, rest) {
    const current = now(studio);
    if (method === 'POST' && rest === '/generate') {
      const known = studio.ring.get(key);
      if (known) return ok({ images: [], generation: known.asked }, 202);
      const asked = body.slotIds.flatMap((slotId) =>
        Array.from({ length: body.count ?? 1 }, () => ({ id: `image${(this.#lastId += 1)}`, slotId, state: 'queued', askedAt: 'now' })),
      );
      const inside = structuredClone(current);
      for (const { slotId, id } of asked) {
        const slot = inside.slots.find((one) => one.id === slotId);
        slot.generation.push({ id, state: 'pending', askedAt: 'now' });
        slot.askedAt = studio.versions.length;
      }
      this.#commit(studio, inside, { key, text: JSON.stringify(body), asked });
      return ok({ images: [], generation: asked }, 202);
    }
    if (method === 'GET' && rest === '/generation') {
      const named = query.get('images').split(',').map((one) => one.split('.'));
      return ok({ generation: named.map(([slotId, id]) => progress(current.slots.find((slot) => slot.id === slotId), slotId, id)), typicalMilliseconds: 900 });
    }
    const [, slotId, imageId, retry] = rest.match(/^\/slots\/([^/]+)\/generation(?:\/(?!retry)([^/]+))?(\/retry)?$/) ?? [];
    if (method === 'DELETE') {
      this.change(studio.id, ({ slots }) => {
        const slot = slots.find((one) => one.id === slotId);
        slot.generation = slot.generation.filter((one) => imageId !== undefined && one.id !== imageId);
      });
      return ok({});
    }
    if (retry) {
      this.change(studio.id, ({ slots }) => {
        for (const one of slots.find(({ id }) => id === slotId).generation) Object.assign(one, { state: 'pending', reason: undefined });
      });
      const slot = now(studio).slots.find(({ id }) => id === slotId);
      return ok({ generation: slot.generation.map(({ id }) => progress(slot, slotId, id)) }, 202);
    }
    if (rest === '/estimate') return ok({ pictures: 1, priceMicros: 0 });
    if (rest === '/versions') return ok({ items: studio.versions.map((_, at) => ({ version: String(at + 1) })).reverse() });
    return problem(404, 'no-such-route');
  }

  // Scenes, products, links, lists ----------------------------------------------------------------------------------

  #scenes(studio, { method, body }, rest) {
    const inside = structuredClone(now(studio));
    inside.scenes ??= [];
    const [, id, deed] = rest.match(/^\/([^/]+)(?:\/(.*))?$/) ?? [];
    const scene = inside.scenes.find((one) => one.id === id);
    if (method === 'GET') return scene ? ok(scene) : problem(404, 'not-found', { kind: 'scene' });
    const upload = { url: 'http://bucket/', fields: { key: 'k' } };
    if (method === 'POST' && !id) {
      inside.scenes.push({ id: body.id, name: body.name, state: body.contentType ? 'PROCESSING' : 'READY' });
      this.#commit(studio, inside, null);
      return ok({ scene: inside.scenes.at(-1), ...(body.contentType && { upload }) }, 201);
    }
    if (method === 'POST' && deed === 'image') {
      scene.state = 'PROCESSING';
      this.#commit(studio, inside, null);
      return ok({ scene, upload }, 201);
    }
    if (method === 'PATCH') scene.name = body.name;
    if (method === 'DELETE') inside.scenes = inside.scenes.filter((one) => one !== scene);
    this.#commit(studio, inside, null);
    return method === 'DELETE' ? { status: 204 } : ok(scene ?? {});
  }

  /** The file of a scene has been dealt with. */
  ingested(studioId, sceneId, state, reason) {
    this.change(studioId, ({ scenes }) => Object.assign(scenes.find(({ id }) => id === sceneId), { state, reason }));
  }

  #product({ method, body }, id, rest) {
    const product = this.products.find((one) => one.id === id);
    if (method === 'PUT') this.products.push({ id, ...body });
    if (method === 'PATCH') Object.assign(product, body);
    if (method === 'DELETE' && rest === '') {
      this.products = this.products.filter((one) => one !== product);
      return { status: 204 };
    }
    if (method === 'POST' && rest === '/image') {
      product.uploads = [{ id: `picture${(this.#lastId += 1)}`, state: 'PROCESSING' }];
      return ok({ product: structuredClone(product), upload: { url: 'http://bucket/', fields: {} } }, 201);
    }
    return ok(structuredClone(this.products.find((one) => one.id === id)));
  }

  #shares({ method, path, body }) {
    if (method === 'GET') return ok({ items: this.shares });
    if (method === 'DELETE') {
      this.shares = this.shares.filter(({ id }) => !path.endsWith(id));
      return { status: 204 };
    }
    this.shares.push({ id: `share${this.shares.length}`, ...body });
    return ok({ share: this.shares.at(-1), secret: 's', url: '/shared/x#s' }, 201);
  }

  #list({ method, body, query }) {
    if (method === 'POST') {
      const id = `zz${(this.#lastId += 1)}`;
      this.add(id);
      if (body.name) this.change(id, (inside) => void (inside.name = body.name));
      return this.#whole(this.#studios.get(id), 201);
    }
    const all = [...this.#studios.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
    const after = all.filter(({ id }) => id > (query.get('cursor') ?? ''));
    const part = after.slice(0, Math.min(this.atOnce, Number(query.get('limit'))));
    const wanted = part.filter(({ deletedAt }) => Boolean(deletedAt) === query.has('deleted'));
    const items = wanted.map((studio) => ({ id: studio.id, name: now(studio).name, slotCount: 0, revisionCount: 0 }));
    return ok({ items, ...(part.length < after.length && { nextCursor: part.at(-1).id }) });
  }
}

export const problem = (status, type, members = {}) => ({
  status,
  headers: { 'content-type': 'application/problem+json' },
  body: { type, title: type, status, detail: `The ${type} of a test.`, ...members },
});

export const ok = (body, status = 200, headers = {}) => ({ status, body, headers });

/** Where changes of others were merged in, no tag may go without the document that it names. */
const minimal = (merged) => (merged ? ok({ merge: merged }) : { status: 204 });

const now = (studio) => studio.versions.at(-1);
const tagOf = (studio) => `"${studio.versions.length}:v${studio.versions.length}"`;
const revOf = (tag) => Number(tag.slice(1).split(':')[0]);

function newSlot(id, members) {
  return { id, productIds: ['chair'], settings: {}, favorites: [], history: [], generation: [], deleted: false, ...members };
}

function revision(studioId, slotId, id) {
  const url = `${CLIENT}/scene-studio/${studioId}/slots/${slotId}/history/${id}/image`;
  return { id, url, timestamp: 0, productIds: [], productNames: [], settings: {} };
}

function status({ generation, history }) {
  if (generation.some(({ state }) => state === 'pending')) return 'GENERATING';
  if (generation.length) return 'ERROR';
  return history.length ? 'COMPLETED' : 'EMPTY';
}

function progress(slot, slotId, id) {
  const pending = slot.generation.find((one) => one.id === id);
  const image = slot.history.find((one) => one.id === id);
  if (pending?.state === 'failed') return { id, slotId, state: 'failed', reason: pending.reason };
  if (pending) return { id, slotId, state: 'running', askedAt: 'now', startedAt: 'now' };
  return image ? { id, slotId, state: 'done', image } : { id, slotId, state: 'cancelled' };
}

const pick = ({ id, productIds, settings, favorites, outputImage = null }) => ({ id, productIds, settings, favorites, outputImage });

const owned = ({ name, slots }) => ({ name, rows: slots.map((slot) => ({ ...pick(slot), deleted: slot.deleted })) });

/** What people own once a save is made of a version. */
function edited(base, { name = base.name, outputSlots }) {
  const before = owned(base);
  if (!outputSlots) return { ...before, name };
  const rows = outputSlots.map(({ id, settings, ...members }) => {
    const row = findRow(before, id) ?? emptyRow(id);
    const merged = Object.entries({ ...row.settings, ...settings }).filter(([, value]) => value !== null);
    return { ...row, ...members, settings: Object.fromEntries(merged), deleted: false };
  });
  const gone = before.rows.filter(({ id }) => !findRow({ name, rows }, id)).map((row) => ({ ...row, deleted: true }));
  return { name, rows: [...rows, ...gone] };
}

function withOwned(inside, { name, rows }) {
  const slots = rows.map((row) => {
    const slot = inside.slots.find(({ id }) => id === row.id) ?? newSlot(row.id, { productIds: [] });
    const { outputImage, ...members } = row;
    const changed = { ...slot, ...members };
    if (outputImage === null || outputImage === undefined) delete changed.outputImage;
    else changed.outputImage = outputImage;
    return changed;
  });
  return { ...inside, name, slots };
}

/** The one rule about values that this service has: no text of more than 20 characters. */
function invalid({ outputSlots = [] }) {
  const errors = outputSlots.flatMap(({ settings = {} }, at) =>
    Object.entries(settings)
      .filter(([, value]) => typeof value === 'string' && value.length > 20)
      .map(([name]) => ({ field: `/outputSlots/${at}/settings/${name}`, message: 'at most 20 characters' })),
  );
  return errors.length ? problem(422, 'invalid-request', { errors }) : null;
}

