import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Browser, saves } from './support/browser.mjs';
import { Service } from './support/service.mjs';

let service;
let browser;
let tab;

beforeEach(async () => {
  service = new Service().add('main', { one: { style: 'Modern' }, two: {} }).add('other', { three: {} });
  browser = new Browser(service);
  tab = await browser.open('main');
  browser.network.sent = [];
});

const set = (settings, slotId = 'one', { data } = tab) => data.updateOutputSlot('acme', 'main', slotId, { settings });
const shown = ({ data }, slotId = 'one') => data.studio.value.outputSlots.find((slot) => slot.id === slotId).settings;
const stored = (slotId = 'one', studioId = 'main') => service.slot(studioId, slotId).settings;
const listed = ({ data }) => data.conflicts.value.map(({ field, base, mine, theirs }) => [field, base, mine, theirs]);

test('a tab that is killed before it saved is opened again: its edits show at once and are saved', async () => {
  set({ style: 'Rustic' });
  await browser.clock.pass(500);
  tab.kill();
  const later = await browser.open('main');
  assert.equal(shown(later).style, 'Rustic');
  await browser.clock.pass(1100);
  assert.deepEqual(stored(), { style: 'Rustic' });
  assert.equal(service.commits('main'), 2);
  assert.equal(browser.storage.length, 0);
});

test('a tab that is killed while a save is on its way: it is repeated to the letter, and done once', async () => {
  browser.network.break('PATCH', 'hang-reply');
  set({ style: 'Rustic' });
  await browser.clock.pass(1100);
  set({ lighting: 'Evening' });
  await browser.clock.pass(0);
  tab.kill();
  const later = await browser.open('main');
  assert.deepEqual(shown(later), { style: 'Rustic', lighting: 'Evening' });
  await browser.clock.pass(2000);
  const [first, again, then] = saves(browser.network);
  assert.equal(again.body, first.body);
  assert.equal(again.headers['idempotency-key'], first.headers['idempotency-key']);
  assert.notEqual(then.headers['idempotency-key'], first.headers['idempotency-key']);
  assert.deepEqual(stored(), { style: 'Rustic', lighting: 'Evening' });
  assert.equal(service.commits('main'), 3);
});

test('a save that never arrived is repeated 30 seconds after it was sent, though the tab is another', async () => {
  browser.network.break('PATCH', 'hang');
  set({ style: 'Rustic' });
  await browser.clock.pass(1100);
  tab.kill();
  const later = await browser.open('main');
  await browser.clock.pass(20_000);
  assert.equal(saves(browser.network).length, 1);
  assert.equal(shown(later).style, 'Rustic');
  await browser.clock.pass(20_000);
  assert.equal(saves(browser.network).length, 2);
  assert.equal(stored().style, 'Rustic');
  assert.equal(service.commits('main'), 2);
});

test('a closed tab sends what it has, and the next finds it saved', async () => {
  set({ style: 'Rustic' });
  await browser.clock.pass(10);
  await tab.close();
  await browser.clock.pass(5000);
  assert.equal(stored().style, 'Rustic');
  const later = await browser.open('main');
  await browser.clock.pass(5000);
  assert.equal(shown(later).style, 'Rustic');
  assert.equal(service.commits('main'), 2);
  assert.equal(browser.storage.length, 0);
});

test('edits that waited are merged with what others did meanwhile', async () => {
  set({ style: 'Rustic' });
  await browser.clock.pass(500);
  tab.kill();
  service.set('main', 'one', { style: 'Coastal', lighting: 'Evening' });
  service.set('main', 'two', { style: 'Minimalist' });
  const later = await browser.open('main');
  await browser.clock.pass(1100);
  assert.deepEqual(stored(), { style: 'Rustic', lighting: 'Evening' });
  assert.equal(stored('two').style, 'Minimalist');
  assert.deepEqual(listed(later), [['settings.style', 'Modern', 'Rustic', 'Coastal']]);
});

test('a save that landed, and was changed by somebody since, is not put back', async () => {
  browser.network.break('PATCH', 'hang-reply');
  set({ style: 'Rustic' });
  await browser.clock.pass(1100);
  tab.kill();
  service.set('main', 'one', { style: 'Coastal' });
  const later = await browser.open('main');
  await browser.clock.pass(40_000);
  assert.equal(stored().style, 'Coastal');
  assert.equal(shown(later).style, 'Coastal');
  assert.deepEqual(listed(later), []);
});

test('edits of a studio that is not opened again are saved all the same', async () => {
  set({ style: 'Rustic' });
  await browser.clock.pass(500);
  tab.kill();
  const later = await browser.open('other');
  await browser.clock.pass(2000);
  assert.equal(stored().style, 'Rustic');
  assert.equal(later.data.studio.value.id, 'other');
});

test('conflicts in edits of a studio that is not open wait until it is', async () => {
  set({ style: 'Rustic' });
  await browser.clock.pass(500);
  tab.kill();
  service.set('main', 'one', { style: 'Coastal' });
  const later = await browser.open('other');
  await browser.clock.pass(5000);
  assert.equal(stored().style, 'Rustic');
  assert.deepEqual(listed(later), []);
  void later.data.openStudio('main');
  await browser.clock.pass(200);
  assert.deepEqual(listed(later), [['settings.style', 'Modern', 'Rustic', 'Coastal']]);
});

test('a tab that lives on takes up what another one left when it dies', async () => {
  browser.network.break('PATCH', 'hang');
  set({ style: 'Rustic' });
  await browser.clock.pass(1100);
  const other = await browser.open('main');
  await browser.clock.pass(60_000 - 30_000 - 2000);
  assert.equal(shown(other).style, 'Modern');
  tab.kill();
  await browser.clock.pass(10_000);
  assert.equal(shown(other).style, 'Rustic');
  assert.equal(stored().style, 'Rustic');
  assert.equal(browser.storage.length, 0);
});

test('a tab with edits of its own takes up those of another after it saved its own', async () => {
  set({ style: 'Rustic' });
  await browser.clock.pass(500);
  const other = await browser.open('main');
  set({ lighting: 'Evening' }, 'one', other);
  tab.kill();
  await browser.clock.pass(5000);
  assert.deepEqual(stored(), { style: 'Rustic', lighting: 'Evening' });
  assert.deepEqual(listed(other), []);
});

test('one of two tabs that are opened takes up what a third left, and only one', async () => {
  set({ style: 'Rustic' });
  await browser.clock.pass(500);
  tab.kill();
  await browser.open('main');
  await browser.open('main');
  await browser.clock.pass(5000);
  assert.equal(saves(browser.network).length, 1);
  assert.equal(stored().style, 'Rustic');
});

test('without locks what others left is taken up at once', async () => {
  set({ style: 'Rustic' });
  await browser.clock.pass(500);
  tab.kill();
  await browser.open('main', { hasLocks: false });
  await browser.clock.pass(2000);
  assert.equal(stored().style, 'Rustic');
});

test('edits that were never sent for want of a network are sent by the next tab', async () => {
  browser.setOnline(false, tab);
  set({ style: 'Rustic' });
  await browser.clock.pass(10_000);
  await tab.close();
  assert.equal(stored().style, 'Modern');
  browser.setOnline(true);
  const later = await browser.open('main');
  await browser.clock.pass(40_000);
  assert.equal(stored().style, 'Rustic');
  assert.equal(later.data.saveState.value, 'saved');
});

test('what cannot be read in storage is left alone', async () => {
  browser.storage.setItem('scene-studio/unsaved/acme/main/gone', '{"edits":');
  browser.storage.setItem('unrelated', '{');
  const later = await browser.open('main');
  assert.equal(later.data.opening.value.state, 'ready');
  assert.equal(browser.storage.getItem('unrelated'), '{');
});

test('a tab that slept an hour reads what changed before it saves', async () => {
  set({ style: 'Rustic' });
  await browser.clock.sleep(3_600_000);
  service.set('main', 'one', { style: 'Coastal', lighting: 'Evening' });
  await browser.clock.pass(1100);
  const [read, save] = browser.network.sent;
  assert.deepEqual([read.method, save.method], ['GET', 'PATCH']);
  assert.equal(save.headers['if-match'], '"2:v2"');
  assert.deepEqual(listed(tab), [['settings.style', 'Modern', 'Rustic', 'Coastal']]);
  assert.deepEqual(stored(), { style: 'Rustic', lighting: 'Evening' });
});

test('a tab that is shown again shows what others did meanwhile', async () => {
  tab.data.pageHidden();
  await browser.clock.sleep(3_600_000);
  service.set('main', 'one', { style: 'Coastal' });
  tab.data.pageShown();
  await browser.clock.pass(100);
  assert.equal(shown(tab).style, 'Coastal');
});

test('a hidden tab sends nothing', async () => {
  tab.data.pageHidden();
  browser.network.sent = [];
  await browser.clock.pass(3_600_000);
  assert.deepEqual(browser.network.sent, []);
});

test('a studio that is opened in a hidden tab is not looked at either', async () => {
  const hidden = browser.tab();
  hidden.data.pageHidden();
  void hidden.data.openStudio('other');
  await browser.clock.pass(200);
  tab.kill();
  browser.network.sent = [];
  await browser.clock.pass(3_600_000);
  assert.deepEqual(browser.network.sent, []);
});
