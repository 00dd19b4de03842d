import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Browser, saves } from './support/browser.mjs';
import { Service } from './support/service.mjs';

const STUDIO = '/api/clients/acme/scene-studio/main';
let service;
let browser;
let tab;
let data;

beforeEach(async () => {
  service = new Service().add('main', { one: { style: 'Modern' }, two: {} }).add('other', { three: {} });
  browser = new Browser(service);
  tab = await browser.open('main');
  data = tab.data;
  browser.network.sent = [];
});

const set = (settings, slotId = 'one', studioId = 'main') => data.updateOutputSlot('acme', studioId, slotId, { settings });
const shown = (slotId = 'one') => data.studio.value.outputSlots.find((slot) => slot.id === slotId);
const stored = (slotId = 'one', studioId = 'main') => service.slot(studioId, slotId).settings;
const body = ({ body: text }) => JSON.parse(text);

test('an edit shows at once, and is saved a second after the last one', async () => {
  set({ style: 'R' });
  await browser.clock.pass(0);
  assert.equal(shown().settings.style, 'R');
  assert.equal(data.saveState.value, 'saving');
  await browser.clock.pass(900);
  set({ style: 'Ru' });
  await browser.clock.pass(999);
  assert.equal(saves(browser.network).length, 0);
  await browser.clock.pass(1);
  assert.equal(saves(browser.network).length, 1);
  assert.equal(stored().style, 'Modern');
  await browser.clock.pass(100);
  assert.equal(stored().style, 'Ru');
  assert.equal(data.saveState.value, 'saved');
});

test('a save names the version it was made from and says only what changed', async () => {
  set({ style: 'Rustic', lighting: 'Evening' });
  await browser.clock.pass(2000);
  const [save] = saves(browser.network);
  assert.equal(save.address, STUDIO);
  assert.equal(save.headers['if-match'], '"1:v1"');
  assert.deepEqual(body(save), { outputSlots: [{ id: 'one', settings: { style: 'Rustic', lighting: 'Evening' } }, { id: 'two' }] });
});

test('the document is not sent back where it is known what it is, and what is known is what it is', async () => {
  data.updateOutputSlot('acme', 'main', 'one', { settings: { style: 'Rustic' }, favorites: ['x'], outputImage: 'u' });
  data.updateSceneStudio('acme', 'main', { name: 'Summer' });
  data.reorderSlots(['two', 'one']);
  await browser.clock.pass(1100);
  assert.equal(saves(browser.network)[0].headers.prefer, 'return=minimal');
  assert.equal(browser.network.sent.length, 1);
  const { outputSlots, ...rest } = service.read('main');
  assert.deepEqual(data.studio.value, { ...rest, outputSlots: outputSlots.map(({ etag, ...slot }) => slot) });
  set({ lighting: 'Evening' });
  await browser.clock.pass(1100);
  assert.equal(saves(browser.network)[1].headers['if-match'], '"2:v2"');
  assert.equal(service.conflicts.length, 0);
});

test('where others changed something, the same save is asked for the document', async () => {
  service.set('main', 'two', { style: 'Coastal' });
  set({ style: 'Rustic' });
  await browser.clock.pass(1200);
  const [first, again] = saves(browser.network);
  assert.deepEqual([first.headers.prefer, again.headers.prefer], ['return=minimal', undefined]);
  assert.equal(first.headers['idempotency-key'], again.headers['idempotency-key']);
  assert.equal(shown('two').settings.style, 'Coastal');
  assert.equal(service.commits('main'), 3);
});

test('a setting that is cleared is sent as null', async () => {
  set({ style: null });
  await browser.clock.pass(2000);
  assert.deepEqual(body(saves(browser.network)[0]).outputSlots[0], { id: 'one', settings: { style: null } });
  assert.deepEqual(stored(), {});
  assert.deepEqual(shown().settings, {});
});

test('what is changed and changed back is not saved', async () => {
  set({ style: 'Rustic' });
  await browser.clock.pass(100);
  set({ style: 'Modern' });
  await browser.clock.pass(5000);
  assert.equal(saves(browser.network).length, 0);
  assert.equal(data.saveState.value, 'saved');
});

test('the promise of an edit ends when the edit is saved', async () => {
  let isSaved = false;
  set({ style: 'Rustic' }).then(() => (isSaved = true));
  await browser.clock.pass(1000);
  assert.equal(isSaved, false);
  await browser.clock.pass(100);
  assert.equal(isSaved, true);
});

test('edits that are typed while a save is on its way go out after it, on the version that it made', async () => {
  set({ style: 'Rustic' });
  await browser.clock.pass(1010);
  set({ lighting: 'Evening' });
  await browser.clock.pass(2000);
  const [first, second] = saves(browser.network);
  assert.equal(second.headers['if-match'], '"2:v2"');
  assert.deepEqual(body(second).outputSlots[0], { id: 'one', settings: { lighting: 'Evening' } });
  assert.notEqual(first.headers['idempotency-key'], second.headers['idempotency-key']);
  assert.deepEqual(stored(), { style: 'Rustic', lighting: 'Evening' });
});

test('opening another studio saves the first at once, at its own address', async () => {
  set({ style: 'Rustic' });
  await browser.clock.pass(100);
  void data.openStudio('other');
  await browser.clock.pass(200);
  const [save] = saves(browser.network);
  assert.equal(save.address, STUDIO);
  assert.equal(stored().style, 'Rustic');
  assert.equal(data.studio.value.id, 'other');
  assert.deepEqual(stored('three', 'other'), {});
});

test('saves of two studios stay with their studios, whichever is answered first', async () => {
  browser.network.break('PATCH', 'hang');
  set({ style: 'Rustic' });
  await browser.clock.pass(1100);
  void data.openStudio('other');
  await browser.clock.pass(200);
  set({ lighting: 'Evening' }, 'three', 'other');
  await browser.clock.pass(2000);
  assert.equal(stored('three', 'other').lighting, 'Evening');
  assert.equal(stored().style, 'Modern');
  await browser.clock.pass(40_000);
  assert.deepEqual(stored(), { style: 'Rustic' });
  assert.deepEqual(stored('three', 'other'), { lighting: 'Evening' });
});

test('a save whose reply never comes is repeated to the letter, under its key, and not before 30 seconds', async () => {
  browser.network.break('PATCH', 'hang-reply');
  set({ style: 'Rustic' });
  await browser.clock.pass(1100);
  set({ lighting: 'Evening' });
  await browser.clock.pass(29_000);
  assert.equal(saves(browser.network).length, 1);
  await browser.clock.pass(40_000);
  const [first, again, then] = saves(browser.network);
  assert.ok(again.at - first.at >= 30_000);
  assert.equal(again.body, first.body);
  assert.equal(again.headers['idempotency-key'], first.headers['idempotency-key']);
  assert.equal(again.headers['if-match'], first.headers['if-match']);
  assert.deepEqual(body(then).outputSlots[0], { id: 'one', settings: { lighting: 'Evening' } });
  assert.deepEqual(stored(), { style: 'Rustic', lighting: 'Evening' });
  assert.equal(service.commits('main'), 3);
});

test('a save that was lost on its way is offline until it is through, and its fields are saved once', async () => {
  browser.network.break('PATCH', 'lose');
  set({ style: 'Rustic' });
  await browser.clock.pass(1100);
  assert.equal(data.saveState.value, 'offline');
  await browser.clock.pass(40_000);
  assert.equal(data.saveState.value, 'saved');
  assert.equal(saves(browser.network).length, 2);
  assert.equal(service.commits('main'), 2);
});

test('a save whose reply was lost is repeated as soon as the studio shows that it has landed', async () => {
  browser.network.break('PATCH', 'lose-reply');
  set({ style: 'Rustic' });
  await browser.clock.pass(5000);
  assert.equal(saves(browser.network).length, 2);
  assert.equal(data.saveState.value, 'saved');
  assert.equal(service.commits('main'), 2);
});

test('while there is no network nothing is sent, and then all of it in one save', async () => {
  browser.setOnline(false, tab);
  set({ style: 'Rustic' });
  await browser.clock.pass(60_000);
  set({ lighting: 'Evening' });
  await browser.clock.pass(60_000);
  assert.equal(data.saveState.value, 'offline');
  assert.equal(saves(browser.network).length, 0);
  browser.setOnline(true, tab);
  await browser.clock.pass(200);
  assert.equal(saves(browser.network).length, 1);
  assert.deepEqual(stored(), { style: 'Rustic', lighting: 'Evening' });
  assert.equal(data.saveState.value, 'saved');
});

test('a network that is there although the browser says there is none is used', async () => {
  data.wentOffline();
  Object.defineProperty(browser.network, 'isOnline', { get: () => true });
  set({ style: 'Rustic' });
  await browser.clock.pass(1100);
  assert.equal(stored().style, 'Rustic');
});

test('when the page is hidden the save goes out at once, so that it outlives the page', async () => {
  set({ style: 'Rustic' });
  await browser.clock.pass(10);
  await tab.close();
  assert.equal(saves(browser.network).length, 1);
  assert.equal(saves(browser.network)[0].keepalive, true);
  await browser.clock.pass(100);
  assert.equal(stored().style, 'Rustic');
});

test('without a network a hidden page sends nothing, so that there is nothing to wait for once there is one again', async () => {
  browser.setOnline(false, tab);
  set({ style: 'Rustic' });
  await browser.clock.pass(10);
  data.pageHidden();
  await browser.clock.pass(10);
  assert.equal(saves(browser.network).length, 0);
  browser.setOnline(true, tab);
  data.pageShown();
  await browser.clock.pass(1100);
  assert.equal(saves(browser.network).length, 1);
  assert.equal(stored().style, 'Rustic');
});

test('a save that is too large to outlive the page is sent as any other', async () => {
  set({ promptText: Array.from({ length: 900 }, () => ['a word', 'another word']) });
  await browser.clock.pass(1100);
  assert.equal(saves(browser.network)[0].keepalive, false);
});

test('a slot that is added shows at once with its settings, and is saved with them', async () => {
  const slot = await data.addOutputSlot('acme', 'main', ['chair']);
  assert.equal(shown(slot.id).settings.roomType, 'Living Room');
  assert.equal(slot.status, 'EMPTY');
  await browser.clock.pass(1100);
  const added = service.slot('main', slot.id);
  assert.deepEqual(added.productIds, ['chair']);
  assert.equal(added.settings.aspectRatio, '1:1');
  assert.equal(data.saveState.value, 'saved');
});

test('a slot that is deleted is gone at once and from the service, and can be brought back with all it had', async () => {
  data.deleteOutputSlot('acme', 'main', 'one');
  await browser.clock.pass(0);
  assert.equal(shown(), undefined);
  await browser.clock.pass(1100);
  assert.equal(service.slot('main', 'one'), undefined);
  data.undeleteOutputSlot('acme', 'main', 'one');
  await browser.clock.pass(1100);
  assert.equal(shown().settings.style, 'Modern');
});

test('a slot that somebody else deleted is brought back with what it had', async () => {
  service.change('main', ({ slots }) => void (slots[0].deleted = true));
  data.pageShown();
  await browser.clock.pass(100);
  assert.equal(shown(), undefined);
  data.undeleteOutputSlot('acme', 'main', 'one');
  await browser.clock.pass(200);
  assert.deepEqual(shown().settings, { style: 'Modern' });
  assert.equal(service.slot('main', 'one').settings.style, 'Modern');
});

test('rows are saved in the order in which they are put', async () => {
  data.reorderSlots(['two', 'one']);
  await browser.clock.pass(1100);
  assert.deepEqual(service.read('main').outputSlots.map(({ id }) => id), ['two', 'one']);
});

test('whole rows, as the product description saves them, change what people own and nothing else', async () => {
  const rows = data.studio.value.outputSlots.map((row) => ({ ...row, status: 'ERROR', history: [{ id: 'junk' }] }));
  rows[0] = { ...rows[0], settings: { ...rows[0].settings, style: 'Rustic' } };
  data.updateSceneStudio('acme', 'main', { outputSlots: rows.slice(0, 1), updatedAt: 'now' });
  await browser.clock.pass(1100);
  assert.deepEqual(service.read('main').outputSlots.map(({ id }) => id), ['one']);
  assert.equal(stored().style, 'Rustic');
  assert.deepEqual(service.slot('main', 'one').history, []);
});

test('a studio that is not open is renamed all the same', async () => {
  data.updateSceneStudio('acme', 'other', { name: 'Autumn' });
  await browser.clock.pass(1200);
  assert.equal(service.read('other').name, 'Autumn');
});

test('flush saves at once', async () => {
  set({ style: 'Rustic' });
  await browser.clock.pass(0);
  void data.flush();
  await browser.clock.pass(100);
  assert.equal(stored().style, 'Rustic');
});

test('closing the studio saves it, and looks at nothing any more', async () => {
  set({ style: 'Rustic' });
  await browser.clock.pass(0);
  void data.closeStudio();
  await browser.clock.pass(100);
  assert.equal(stored().style, 'Rustic');
  assert.equal(data.studio.value, null);
  browser.network.sent = [];
  await browser.clock.pass(120_000);
  assert.deepEqual(browser.network.sent, []);
});

test('a setting by the name of a tag is a setting', async () => {
  set({ etag: 'x' });
  await browser.clock.pass(1100);
  assert.equal(shown().settings.etag, 'x');
  assert.equal(stored().etag, 'x');
  data.discardUnsaved();
  assert.equal(shown().settings.etag, 'x');
});

test('storage that is full is said, and saving goes on', async () => {
  browser.storage.isFull = true;
  set({ style: 'Rustic' });
  await browser.clock.pass(1100);
  assert.equal(stored().style, 'Rustic');
  assert.match(data.errors.value[0].words, /no room/);
});

test('a click that is repeated while it is not known what came of the first does the thing once', async () => {
  browser.network.break('POST', 'lose-reply');
  const lost = assert.rejects(data.addSceneStudio('acme', 'Summer'), /cannot be reached/);
  await browser.clock.pass(100);
  await lost;
  const added = data.addSceneStudio('acme', 'Summer');
  await browser.clock.pass(40_000);
  await added;
  const made = service.requests.filter(({ method }) => method === 'POST');
  assert.equal(made[0].key, made[1].key);
});

test('what is saved is not kept in the browser any longer', async () => {
  set({ style: 'Rustic' });
  await browser.clock.pass(0);
  assert.equal(browser.storage.length, 1);
  await browser.clock.pass(1100);
  assert.equal(browser.storage.length, 0);
});

test('a change by somebody else shows within 20 seconds, and only what changed is drawn anew', async () => {
  const before = data.studio.value.outputSlots;
  service.set('main', 'two', { style: 'Coastal' });
  await browser.clock.pass(20_100);
  const after = data.studio.value.outputSlots;
  assert.equal(shown('two').settings.style, 'Coastal');
  assert.equal(after[0], before[0]);
  assert.notEqual(after[1], before[1]);
  assert.deepEqual(browser.network.sent.map(({ headers }) => headers['if-none-match']), ['"1:v1"']);
});

test('an answer of the service that cannot be read is taken for none', async () => {
  service.next('PATCH', '/main', { status: 200, body: '<html>Welcome to the hotel</html>', headers: { etag: '"9:v9"' } });
  set({ style: 'Rustic' });
  await browser.clock.pass(2000);
  assert.equal(data.saveState.value, 'saving');
  assert.equal(stored().style, 'Modern');
  await browser.clock.pass(40_000);
  assert.equal(stored().style, 'Rustic');
});
