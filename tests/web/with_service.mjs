/**
 * The data context against the service as it runs, in time that passes ten times as fast.
 * Started by `test_data_context.py` with the service's address.
 */

import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { createDataContext } from '../../functions/web/static/data-context.js';
import { noSession } from '../../functions/web/static/no-session.js';
import { Storage } from './support/browser.mjs';

const ADDRESS = process.env.SCENE_STUDIO_ADDRESS;
const FASTER = 10;

const start = Date.now();
const clock = {
  now: () => start + (Date.now() - start) * FASTER,
  setTimeout: (call, milliseconds) => setTimeout(call, milliseconds / FASTER),
  clearTimeout: (timer) => clearTimeout(timer),
};
const opened = [];
let lastStudio = 0;
let studioId;

beforeEach(() => {
  lastStudio += 1;
  studioId = `studio-${start}-${lastStudio}`;
});

after(() => opened.forEach((data) => data.close()));

/** A tab with the studio open; `fetch` may be a worse one. */
async function open({ storage = new Storage(), fetch: send = fetch, id = studioId } = {}) {
  const data = createDataContext({
    clientId: 'acme-corp',
    fetch: (path, options) => send(new URL(path, ADDRESS), { ...options, keepalive: undefined }),
    storage,
    locks: null,
    clock,
    session: noSession(),
    newKey: () => crypto.randomUUID(),
    isOnline: () => true,
    sendForm: async () => {},
  });
  opened.push(data);
  await data.openStudio(id);
  return data;
}

const set = (data, slotId, settings) => data.updateOutputSlot('acme-corp', studioId, slotId, { settings });
const slot = (data, id) => data.studio.value.outputSlots.find((one) => one.id === id);
const stored = async () => (await fetch(`${ADDRESS}/api/clients/acme-corp/scene-studio/${studioId}`)).json();
const storedSlot = async (id) => (await stored()).outputSlots.find((one) => one.id === id);
const add = (data, productIds = ['product-a']) => data.addOutputSlot('acme-corp', studioId, productIds);

async function until(isSo) {
  const end = Date.now() + 30_000;
  while (!isSo()) {
    assert.ok(Date.now() < end, `not so: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('a first visit makes the studio, fills a slot, executes it, and a later visit finds it all', async () => {
  const data = await open();
  assert.equal(data.studio.value.name, 'Main Studio');
  const { id } = await add(data, ['product-a', 'product-b']);
  await set(data, id, { style: 'Industrial' });
  assert.equal(data.saveState.value, 'saved');
  const image = await data.generateSceneImage('acme-corp', studioId, id);
  assert.equal(image.settings.style, 'Industrial');
  assert.equal(slot(data, id).outputImage, image.url);
  assert.equal(slot(data, id).status, 'COMPLETED');
  const later = await open();
  assert.deepEqual(later.studio.value, data.studio.value);
  assert.equal((await data.history(id)).items[0].id, image.id);
});

test('every method of the product description is there by its name, takes what it takes there, and gives what it gives', async () => {
  const client = 'acme-corp';
  const data = await open();
  const {
    addSceneStudio, updateSceneStudio, deleteSceneStudio, addOutputSlot, updateOutputSlot, deleteOutputSlot, generateSceneImage,
    addUserScene, deleteUserScene,
  } = data; // as `useData()` hands them out, apart from their object

  const { id: studio, name } = await addSceneStudio(client, 'Summer');
  assert.equal(name, 'Summer');
  assert.equal(await updateSceneStudio(client, studio, { name: 'Autumn' }), undefined);
  await data.openStudio(studio);
  const row = await addOutputSlot(client, studio, ['product-a']);
  assert.deepEqual([row.productIds, row.status, row.history], [['product-a'], 'EMPTY', []]);
  assert.equal(await updateOutputSlot(client, studio, row.id, { settings: { ...row.settings, style: 'Rustic' } }), undefined);
  const image = await generateSceneImage(client, studio, row.id);
  assert.deepEqual(image.productIds, ['product-a']);
  assert.ok(image.url && image.timestamp && image.debugPrompt && image.productNames);
  assert.equal(await addUserScene(client, studio, { id: 'kitchen', name: 'Ours', imageUrl: '/scenes/table-rustic.jpg' }), undefined);
  const read = async () => (await fetch(`${ADDRESS}/api/clients/${client}/scene-studio/${studio}`)).json();
  const kept = await read();
  assert.deepEqual([kept.name, kept.outputSlots[0].settings.style, kept.userScenes[0].id], ['Autumn', 'Rustic', 'kitchen']);
  assert.equal(await deleteUserScene(client, studio, 'kitchen'), undefined);
  assert.equal(await deleteOutputSlot(client, studio, row.id), undefined);
  const left = await read();
  assert.deepEqual([left.outputSlots, left.userScenes], [[], []]);
  assert.equal(await deleteSceneStudio(client, studio), undefined);
  assert.equal((await fetch(`${ADDRESS}/api/clients/${client}/scene-studio/${studio}`)).status, 410);
});

test('what is shown is what the service answers, to the letter', async () => {
  const data = await open();
  const { id } = await add(data);
  await set(data, id, { promptText: 'Two lines,\nand an "ä".', props: ['Plants'], seed: 7 });
  const { outputSlots, ...rest } = await stored();
  const rows = outputSlots.map(({ etag, ...row }) => row);
  assert.deepEqual(data.studio.value, { ...rest, outputSlots: rows });
});

test('two people: other fields are merged, one field is listed, and theirs is taken with one call', async () => {
  const [ada, ben] = [await open(), await open()];
  const { id } = await add(ada);
  await ada.flush();
  ben.pageShown();
  await until(() => slot(ben, id));
  await set(ada, id, { style: 'Coastal', lighting: 'Evening' });
  await set(ben, id, { style: 'Rustic' });
  assert.deepEqual([slot(ben, id).settings.style, slot(ben, id).settings.lighting], ['Rustic', 'Evening']);
  const [conflict] = ben.conflicts.value;
  assert.deepEqual([conflict.base, conflict.mine, conflict.theirs], ['Modern', 'Rustic', 'Coastal']);
  await ben.resolveConflict(conflict, 'theirs');
  assert.equal((await storedSlot(id)).settings.style, 'Coastal');
});

test('a slot that one deletes and the other edits stays, is listed, and can be deleted all the same', async () => {
  const [ada, ben] = [await open(), await open()];
  const { id } = await add(ada);
  await ada.flush();
  ben.pageShown();
  await until(() => slot(ben, id));
  await set(ada, id, { style: 'Coastal' });
  await ben.deleteOutputSlot('acme-corp', studioId, id);
  assert.equal(slot(ben, id).settings.style, 'Coastal');
  assert.equal(ben.conflicts.value[0].field, 'deleted');
  await ben.resolveConflict(ben.conflicts.value[0], 'mine');
  assert.equal(await storedSlot(id), undefined);
});

test('a deleted slot is brought back with its picture, by undo and by its id', async () => {
  const data = await open();
  const { id } = await add(data);
  const image = await data.generateSceneImage('acme-corp', studioId, id);
  await data.deleteOutputSlot('acme-corp', studioId, id);
  assert.equal(await storedSlot(id), undefined);
  await data.undo();
  assert.equal(slot(data, id).outputImage, image.url);
  await data.deleteOutputSlot('acme-corp', studioId, id);
  const other = await open();
  await other.undeleteOutputSlot('acme-corp', studioId, id);
  assert.equal(slot(other, id).outputImage, image.url);
});

test('pictures are chosen and marked, and choosing survives a reload', async () => {
  const data = await open();
  const { id } = await add(data);
  const [first] = await data.generateSceneImages([id], { count: 2 });
  await until(() => slot(data, id).historyCount === 2);
  const chosen = slot(data, id).history.at(-1);
  await data.updateOutputSlot('acme-corp', studioId, id, { outputImage: chosen.url, favorites: [first.id] });
  const later = slot(await open(), id);
  assert.deepEqual([later.outputImage, later.favorites], [chosen.url, [first.id]]);
});

test('a version is looked at, compared in words, restored, and undone', async () => {
  const data = await open();
  const { id } = await add(data);
  await set(data, id, { style: 'Coastal' });
  await set(data, id, { style: 'Rustic' });
  const [now, before] = (await data.versions()).items;
  assert.equal((await data.lookAt(before.version)).outputSlots[0].settings.style, 'Coastal');
  const { changes } = await data.compareVersions(before.version, now.version);
  assert.deepEqual(changes.map(({ words }) => words), ['Slot 1: style changed from Coastal to Rustic']);
  await data.restore(before.version);
  assert.equal((await storedSlot(id)).settings.style, 'Coastal');
  await data.undo();
  assert.equal((await storedSlot(id)).settings.style, 'Rustic');
});

test('a value that the service refuses is told by its field, and the rest is saved', async () => {
  const data = await open();
  const { id } = await add(data);
  await data.flush();
  set(data, id, { style: 'x'.repeat(101) });
  set(data, id, { lighting: 'Evening' });
  await until(() => data.saveState.value === 'refused');
  assert.match(data.errors.value[0].words, /^Style: at most 100 characters/);
  const { settings } = await storedSlot(id);
  assert.deepEqual([settings.style, settings.lighting], ['Modern', 'Evening']);
});

test('a product that is gone from the library is refused in its field alone', async () => {
  const data = await open();
  const [one, two] = [await add(data), await add(data)];
  await data.flush();
  data.updateOutputSlot('acme-corp', studioId, one.id, { productIds: ['nobody'] });
  set(data, two.id, { style: 'Rustic' });
  await until(() => data.saveState.value === 'refused');
  assert.equal((await storedSlot(two.id)).settings.style, 'Rustic');
  assert.deepEqual((await storedSlot(one.id)).productIds, ['product-a']);
});

test('a studio that somebody deletes is brought back with what was typed since', async () => {
  const data = await open();
  const { id } = await add(data);
  await data.flush();
  const other = await open();
  await other.deleteSceneStudio('acme-corp', studioId);
  set(data, id, { style: 'Rustic' });
  await until(() => data.saveState.value === 'refused');
  assert.equal((await open()).opening.value.state, 'deleted');
  data.errors.value[0].retry();
  await until(() => data.saveState.value === 'saved');
  assert.equal((await storedSlot(id)).settings.style, 'Rustic');
});

test('a studio is duplicated with its pictures, renamed in the list, and listed', async () => {
  const data = await open();
  const { id } = await add(data);
  await data.generateSceneImage('acme-corp', studioId, id);
  const copy = await data.duplicateSceneStudio('acme-corp', studioId, { name: 'Copy', withHistory: true });
  assert.equal(copy.outputSlots[0].historyCount, 1);
  await data.listStudios();
  await data.updateSceneStudio('acme-corp', copy.id, { name: 'Autumn' });
  await data.listStudios();
  assert.equal(data.studios.value.find((one) => one.id === copy.id).name, 'Autumn');
  assert.equal(data.studio.value.name, 'Main Studio');
});

test('the price of a run and the stock scenes are read', async () => {
  const data = await open();
  const { id } = await add(data);
  assert.equal((await data.estimate([id], 3)).pictures, 3);
  await data.readStockScenes();
  assert.ok(data.stockScenes.value.length >= 10);
});

test('replies that are lost, requests that are doubled and tabs that die cost nothing that was typed', async () => {
  let time = 0;
  const bad = async (address, options) => {
    if (options.method !== 'PATCH') return fetch(address, options);
    time += 1;
    if (time % 5 === 1) throw new TypeError('lost');
    const reply = await fetch(address, options);
    if (time % 5 === 2) throw new TypeError('lost reply');
    return time % 5 === 3 ? fetch(address, options) : reply;
  };
  const storages = [new Storage(), new Storage()];
  const tabs = [await open({ fetch: bad, storage: storages[0] }), await open({ fetch: bad, storage: storages[1] })];
  const { id } = await add(tabs[0]);
  await tabs[0].flush();
  tabs[1].pageShown();
  await until(() => slot(tabs[1], id));
  const names = [['roomType', 'style', 'lighting'], ['cameraAngle', 'surroundings', 'colorScheme']];
  for (let step = 1; step <= 12; step += 1) {
    for (const [at, data] of tabs.entries()) set(data, id, { [names[at][step % 3]]: `step ${step}` });
    await new Promise((resolve) => setTimeout(resolve, 80));
    if (step === 6) {
      tabs[0].close();
      tabs[0] = await open({ fetch: bad, storage: storages[0] });
    }
  }
  await until(() => tabs.every((data) => data.saveState.value === 'saved'));
  const { settings } = await storedSlot(id);
  for (const [at, [first, second, third]] of names.entries()) {
    assert.deepEqual([settings[first], settings[second], settings[third]], ['step 12', 'step 10', 'step 11'], String(at));
  }
  assert.deepEqual(tabs.map((data) => data.conflicts.value), [[], []]);
});
