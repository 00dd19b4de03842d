import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Browser, saves } from './support/browser.mjs';
import { Service } from './support/service.mjs';

let service;
let browser;
let data;

beforeEach(async () => {
  service = new Service().add('main', { one: { style: 'Modern' }, two: {} });
  browser = new Browser(service);
  ({ data } = await browser.open('main'));
  browser.network.sent = [];
});

const set = (settings, slotId = 'one', of = data) => of.updateOutputSlot('acme', 'main', slotId, { settings });
const shown = (slotId = 'one', of = data) => of.studio.value.outputSlots.find((slot) => slot.id === slotId);
const stored = (slotId = 'one') => service.slot('main', slotId)?.settings;
const listed = (of = data) => of.conflicts.value.map(({ slotId, field, base, mine, theirs }) => [slotId, field, base, mine, theirs]);

test('what others changed elsewhere comes with the answer to a save', async () => {
  service.set('main', 'one', { lighting: 'Evening' });
  set({ style: 'Rustic' });
  await browser.clock.pass(1100);
  assert.deepEqual(shown().settings, { style: 'Rustic', lighting: 'Evening' });
  assert.deepEqual(stored(), { style: 'Rustic', lighting: 'Evening' });
  assert.deepEqual(listed(), []);
});

test('a field that both changed is mine, and is listed with all three values', async () => {
  service.set('main', 'one', { style: 'Coastal' });
  set({ style: 'Rustic' });
  await browser.clock.pass(1100);
  assert.equal(stored().style, 'Rustic');
  assert.deepEqual(listed(), [['one', 'settings.style', 'Modern', 'Rustic', 'Coastal']]);
  assert.equal(data.saveState.value, 'conflict');
});

test('a merged answer that comes while somebody types changes everything but what they type', async () => {
  set({ style: 'Rus' });
  await browser.clock.pass(1010);
  set({ style: 'Rusti' });
  service.set('main', 'one', { lighting: 'Evening' });
  service.set('main', 'two', { style: 'Coastal' });
  await browser.clock.pass(100);
  assert.equal(shown().settings.style, 'Rusti');
  assert.equal(shown().settings.lighting, 'Evening');
  assert.equal(shown('two').settings.style, 'Coastal');
  set({ style: 'Rustic' });
  await browser.clock.pass(1100);
  assert.deepEqual(stored(), { style: 'Rustic', lighting: 'Evening' });
  assert.deepEqual(listed(), []);
});

test('what somebody else did to a field that is being typed in is listed, though the service never sees it', async () => {
  set({ lighting: 'Evening' });
  await browser.clock.pass(1010);
  set({ style: 'Rustic' });
  service.set('main', 'one', { style: 'Coastal' });
  await browser.clock.pass(2000);
  assert.deepEqual(listed(), [['one', 'settings.style', 'Modern', 'Rustic', 'Coastal']]);
  assert.equal(stored().style, 'Rustic');
  assert.deepEqual(service.conflicts, []);
});

test('a read in the middle of typing lists what both changed', async () => {
  set({ style: 'Rustic' });
  service.set('main', 'one', { style: 'Coastal', lighting: 'Evening' });
  data.pageShown();
  await browser.clock.pass(100);
  assert.deepEqual(shown().settings, { style: 'Rustic', lighting: 'Evening' });
  assert.deepEqual(listed(), [['one', 'settings.style', 'Modern', 'Rustic', 'Coastal']]);
  await browser.clock.pass(1100);
  assert.equal(saves(browser.network)[0].headers['if-match'], '"2:v2"');
  assert.equal(stored().style, 'Rustic');
});

test('taking theirs puts their value back and saves it', async () => {
  service.set('main', 'one', { style: 'Coastal' });
  set({ style: 'Rustic' });
  await browser.clock.pass(1100);
  data.resolveConflict(data.conflicts.value[0], 'theirs');
  assert.equal(shown().settings.style, 'Coastal');
  assert.deepEqual(listed(), []);
  await browser.clock.pass(1100);
  assert.equal(stored().style, 'Coastal');
  assert.equal(data.saveState.value, 'saved');
});

test('keeping mine saves nothing, for mine stands already', async () => {
  service.set('main', 'one', { style: 'Coastal' });
  set({ style: 'Rustic' });
  await browser.clock.pass(1100);
  browser.network.sent = [];
  data.resolveConflict(data.conflicts.value[0], 'mine');
  await browser.clock.pass(2000);
  assert.deepEqual(saves(browser.network), []);
  assert.equal(data.saveState.value, 'saved');
});

test('a slot that I deleted and somebody else edited stays, until I say which', async () => {
  service.set('main', 'one', { style: 'Coastal' });
  data.deleteOutputSlot('acme', 'main', 'one');
  await browser.clock.pass(1100);
  assert.equal(shown().settings.style, 'Coastal');
  assert.deepEqual(listed(), [['one', 'deleted', false, true, false]]);
  data.resolveConflict(data.conflicts.value[0], 'mine');
  await browser.clock.pass(1100);
  assert.equal(stored(), undefined);
  assert.equal(shown(), undefined);
});

test('a slot that somebody else deleted while I typed in it stays, until I say which', async () => {
  service.change('main', ({ slots }) => void (slots[0].deleted = true));
  set({ style: 'Rustic' });
  await browser.clock.pass(1100);
  assert.equal(shown().settings.style, 'Rustic');
  assert.deepEqual(listed(), [['one', 'deleted', false, false, true]]);
  data.resolveConflict(data.conflicts.value[0], 'theirs');
  await browser.clock.pass(1100);
  assert.equal(stored(), undefined);
});

test('a slot that somebody else deleted while I typed is seen so in a read, and stays with all it had', async () => {
  set({ lighting: 'Evening' });
  service.change('main', ({ slots }) => void (slots[0].deleted = true));
  data.pageShown();
  await browser.clock.pass(100);
  assert.deepEqual(shown().settings, { style: 'Modern', lighting: 'Evening' });
  assert.deepEqual(listed(), [['one', 'deleted', false, false, true]]);
  await browser.clock.pass(1100);
  assert.deepEqual(stored(), { style: 'Modern', lighting: 'Evening' });
});

test('a slot that I deleted and somebody else asked pictures for stays, and is listed', async () => {
  const other = (await browser.open('main')).data;
  void other.generateSceneImages(['one']);
  await browser.clock.pass(100);
  data.deleteOutputSlot('acme', 'main', 'one');
  data.pageShown();
  await browser.clock.pass(1500);
  assert.deepEqual(listed(), [['one', 'deleted', false, true, false]]);
  assert.deepEqual(service.conflicts, []);
  assert.notEqual(shown(), undefined);
});

test('favourites of two people are all kept, and are no conflict', async () => {
  service.change('main', ({ slots }) => void (slots[0].favorites = ['a']));
  data.updateOutputSlot('acme', 'main', 'one', { favorites: ['b'] });
  await browser.clock.pass(1100);
  assert.deepEqual(service.slot('main', 'one').favorites.toSorted(), ['a', 'b']);
  assert.deepEqual(listed(), []);
});

test('two tabs that change different fields agree in the end', async () => {
  const other = (await browser.open('main')).data;
  set({ style: 'Rustic' });
  set({ lighting: 'Evening' }, 'one', other);
  await browser.clock.pass(25_000);
  for (const of of [data, other]) {
    assert.deepEqual(shown('one', of).settings, { style: 'Rustic', lighting: 'Evening' });
    assert.deepEqual(listed(of), []);
  }
});

test('of two tabs that change one field the later wins and is told, and both show the same', async () => {
  const other = (await browser.open('main')).data;
  set({ style: 'Rustic' });
  await browser.clock.pass(300);
  set({ style: 'Coastal' }, 'one', other);
  await browser.clock.pass(25_000);
  assert.deepEqual([shown('one', data).settings.style, shown('one', other).settings.style], ['Coastal', 'Coastal']);
  assert.deepEqual(listed(data), []);
  assert.deepEqual(listed(other), [['one', 'settings.style', 'Modern', 'Coastal', 'Rustic']]);
});

test('a conflict in an answer that was lost is listed all the same', async () => {
  service.set('main', 'one', { style: 'Coastal' });
  browser.network.break('PATCH', 'lose-reply');
  set({ style: 'Rustic' });
  await browser.clock.pass(40_000);
  assert.deepEqual(listed(), [['one', 'settings.style', 'Modern', 'Rustic', 'Coastal']]);
});

test('a conflict that nobody has looked at is there when the tab is opened again', async () => {
  const tab = await browser.open('main');
  service.set('main', 'one', { style: 'Coastal' });
  set({ style: 'Rustic' }, 'one', tab.data);
  await browser.clock.pass(1100);
  tab.kill();
  const later = (await browser.open('main')).data;
  assert.deepEqual(listed(later), [['one', 'settings.style', 'Modern', 'Rustic', 'Coastal']]);
  later.resolveConflict(later.conflicts.value[0], 'theirs');
  await browser.clock.pass(1100);
  assert.equal(stored().style, 'Coastal');
  assert.equal(browser.storage.length, 0);
});

test('of what is not known any more nothing is taken', async () => {
  const unknown = { id: 'x', studioId: 'main', slotId: 'one', field: 'productIds', base: null, mine: ['chair'], theirs: null };
  data.resolveConflict(unknown, 'theirs');
  assert.deepEqual(shown().productIds, ['chair']);
});

test('the name and the order are merged as fields are', async () => {
  service.change('main', (inside) => {
    inside.name = 'Theirs';
    inside.slots.reverse();
  });
  data.updateSceneStudio('acme', 'main', { name: 'Mine' });
  await browser.clock.pass(1100);
  assert.deepEqual(listed(), [[null, 'name', 'Main Studio', 'Mine', 'Theirs']]);
  assert.deepEqual(data.studio.value.outputSlots.map(({ id }) => id), ['two', 'one']);
  data.resolveConflict(data.conflicts.value[0], 'theirs');
  assert.equal(data.studio.value.name, 'Theirs');
});
