import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Browser } from './support/browser.mjs';
import { Service } from './support/service.mjs';

let service;
let browser;
let data;

beforeEach(async () => {
  service = new Service().add('main', { one: { style: 'Modern' }, two: {} });
  browser = new Browser(service);
  ({ data } = await browser.open('main'));
});

const set = (settings, slotId = 'one') => data.updateOutputSlot('acme', 'main', slotId, { settings });
const shown = (slotId = 'one') => data.studio.value.outputSlots.find((slot) => slot.id === slotId)?.settings;
const stored = (slotId = 'one') => service.slot('main', slotId)?.settings;
const pass = (milliseconds = 1100) => browser.clock.pass(milliseconds);

test('undo takes back what was typed last, as one step, and redo does it again', async () => {
  for (const style of ['R', 'Ru', 'Rus']) {
    set({ style });
    await pass(200);
  }
  await pass();
  assert.equal(stored().style, 'Rus');
  data.undo();
  assert.equal(shown().style, 'Modern');
  assert.equal(data.canUndo.value, false);
  await pass();
  assert.equal(stored().style, 'Modern');
  data.redo();
  await pass();
  assert.equal(stored().style, 'Rus');
  assert.equal(data.canRedo.value, false);
});

test('undo goes back step by step, and a new edit ends what can be done again', async () => {
  set({ style: 'Rustic' });
  await pass();
  set({ lighting: 'Evening' });
  await pass();
  data.undo();
  assert.deepEqual(shown(), { style: 'Rustic' });
  data.undo();
  assert.deepEqual(shown(), { style: 'Modern' });
  data.undo();
  assert.deepEqual(shown(), { style: 'Modern' });
  set({ style: 'Coastal' });
  assert.equal(data.canRedo.value, false);
});

test('undo leaves alone what somebody else changed since', async () => {
  set({ style: 'Rustic', lighting: 'Evening' });
  await pass();
  service.set('main', 'one', { style: 'Coastal', roomType: 'Kitchen' });
  data.pageShown();
  await pass(100);
  data.undo();
  assert.deepEqual(shown(), { style: 'Coastal', roomType: 'Kitchen' });
});

test('undo of an added slot deletes it, and of a deleted one brings it back', async () => {
  const slot = await data.addOutputSlot('acme', 'main', ['chair']);
  await pass();
  data.undo();
  await pass();
  assert.equal(service.slot('main', slot.id), undefined);
  data.deleteOutputSlot('acme', 'main', 'one');
  await pass();
  assert.equal(service.slot('main', 'one'), undefined);
  data.undo();
  await pass();
  assert.deepEqual(stored(), { style: 'Modern' });
});

test('an old version is looked at without changing anything', async () => {
  set({ style: 'Rustic' });
  await pass();
  const looked = data.lookAt('1');
  await pass(100);
  assert.equal((await looked).outputSlots[0].settings.style, 'Modern');
  assert.equal(shown().style, 'Rustic');
});

test('a version is restored, and undo takes that back', async () => {
  set({ style: 'Rustic' });
  await pass();
  void data.restore('1');
  await pass(100);
  assert.equal(shown().style, 'Modern');
  assert.equal(stored().style, 'Modern');
  data.undo();
  await pass();
  assert.equal(stored().style, 'Rustic');
});

test('what is unsaved is saved before a version is restored, so that it is a version itself', async () => {
  set({ lighting: 'Evening' });
  void data.restore('1');
  await pass(200);
  assert.equal(service.commits('main'), 3);
  assert.deepEqual(stored(), { style: 'Modern' });
});

test('versions are listed with what is unsaved among them', async () => {
  set({ style: 'Rustic' });
  const listed = data.versions();
  await pass(200);
  assert.deepEqual((await listed).items.map(({ version }) => version), ['2', '1']);
});
