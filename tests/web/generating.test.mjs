import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Browser } from './support/browser.mjs';
import { Service, problem } from './support/service.mjs';

let service;
let browser;
let tab;
let data;

beforeEach(async () => {
  service = new Service().add('main', { one: { style: 'Modern' }, two: {} });
  browser = new Browser(service);
  tab = await browser.open('main');
  data = tab.data;
  browser.network.sent = [];
});

const slot = (id = 'one') => data.studio.value.outputSlots.find((one) => one.id === id);
const asked = () => service.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/generate'));
const looks = () => browser.network.sent.filter(({ address }) => address.includes('/generation?'));

test('the slot is generating at once, and shows its picture when it has come', async () => {
  const made = data.generateSceneImage('acme', 'main', 'one');
  await browser.clock.pass(0);
  assert.equal(slot().status, 'GENERATING');
  assert.equal(slot().generation[0].state, 'asking');
  await browser.clock.pass(1000);
  const [{ id, state }] = slot().generation;
  assert.equal(state, 'running');
  assert.equal(data.progress.value[id].state, 'running');
  assert.equal(data.typicalMilliseconds.value, 900);
  service.end('main');
  await browser.clock.pass(2000);
  const image = await made;
  assert.equal(image.id, id);
  assert.equal(slot().status, 'COMPLETED');
  assert.equal(slot().outputImage, image.url);
  assert.deepEqual(slot().generation, []);
  assert.deepEqual(data.progress.value, {});
});

test('whoever waits for a picture is given it, though somebody else read the studio in which it stands', async () => {
  const made = data.generateSceneImage('acme', 'main', 'one');
  await browser.clock.pass(100);
  service.end('main');
  data.pageShown();
  await browser.clock.pass(50);
  assert.equal(looks().length, 0);
  assert.equal((await made).url, slot().outputImage);
});

test('what is asked for without a network shows at once, and is asked for when there is one again', async () => {
  browser.setOnline(false, tab);
  data.updateOutputSlot('acme', 'main', 'one', { settings: { style: 'Rustic' } });
  void data.generateSceneImages(['one']);
  await browser.clock.pass(5000);
  assert.equal(slot().generation[0].state, 'asking');
  assert.equal(asked().length, 0);
  browser.setOnline(true, tab);
  await browser.clock.pass(1000);
  assert.equal(asked().length, 1);
  assert.equal(slot().generation[0].state, 'running');
});

test('what is unsaved is saved first, so that the picture is made of what is shown', async () => {
  data.updateOutputSlot('acme', 'main', 'one', { settings: { style: 'Rustic' } });
  data.generateSceneImage('acme', 'main', 'one');
  await browser.clock.pass(200);
  assert.deepEqual(browser.network.sent.slice(0, 2).map(({ method }) => method), ['PATCH', 'POST']);
  assert.equal(service.slot('main', 'one').settings.style, 'Rustic');
});

test('a double click asks once, and a click after the answer asks again', async () => {
  data.generateSceneImage('acme', 'main', 'one');
  data.generateSceneImage('acme', 'main', 'one');
  await browser.clock.pass(200);
  assert.equal(asked().length, 1);
  data.generateSceneImage('acme', 'main', 'one');
  await browser.clock.pass(200);
  assert.equal(asked().length, 2);
  assert.notEqual(asked()[0].key, asked()[1].key);
});

test('several pictures of several slots are asked for at once', async () => {
  data.generateSceneImages(['one', 'two'], { count: 3 });
  await browser.clock.pass(200);
  assert.deepEqual(asked()[0].body, { slotIds: ['one', 'two'], count: 3 });
  assert.equal(asked()[0].headers.prefer, 'respond-async');
  assert.deepEqual([slot('one').generation.length, slot('two').generation.length], [3, 3]);
});

test('a request for pictures whose reply never comes is repeated under its key', async () => {
  browser.network.break('POST', 'hang-reply');
  data.generateSceneImage('acme', 'main', 'one');
  await browser.clock.pass(32_000);
  assert.equal(asked().length, 2);
  assert.equal(asked()[0].key, asked()[1].key);
  assert.equal(Object.keys(data.progress.value).length, 1);
});

test('pictures are looked after less and less often, and often again once one has ended', async () => {
  data.generateSceneImages(['one', 'two']);
  await browser.clock.pass(40_000);
  const times = looks().map(({ at }) => at);
  const pauses = times.slice(1).map((at, index) => at - times[index]);
  assert.ok(pauses[0] < 1500 && pauses.at(-1) > 7000, pauses);
  assert.ok(times.length < 12, times);
  const id = slot('one').generation[0].id;
  service.change('main', ({ slots }) => {
    slots[0].generation = [];
    slots[0].history.unshift({ id, url: 'u', settings: {} });
  });
  await browser.clock.pass(12_000);
  const later = looks().map(({ at }) => at).slice(times.length);
  assert.ok(later[1] - later[0] < 1500, later);
});

test('nobody looks after pictures when there are none', async () => {
  await browser.clock.pass(60_000);
  assert.equal(looks().length, 0);
  data.generateSceneImage('acme', 'main', 'one');
  service.end('main');
  await browser.clock.pass(1000);
  service.end('main');
  await browser.clock.pass(10_000);
  const before = looks().length;
  assert.ok(before > 0);
  await browser.clock.pass(60_000);
  assert.equal(looks().length, before);
});

test('nobody looks after pictures once the studio is closed, and whoever waits is told', async () => {
  const made = data.generateSceneImage('acme', 'main', 'one');
  await browser.clock.pass(1000);
  const failed = assert.rejects(made, /come all the same/);
  void data.closeStudio();
  await browser.clock.pass(100);
  await failed;
  const before = looks().length;
  await browser.clock.pass(60_000);
  assert.equal(looks().length, before);
});

test('nobody looks after pictures in a hidden page, and at once when it is shown', async () => {
  data.generateSceneImage('acme', 'main', 'one');
  await browser.clock.pass(1000);
  data.pageHidden();
  const before = looks().length;
  await browser.clock.pass(60_000);
  assert.equal(looks().length, before);
  service.end('main');
  data.pageShown();
  await browser.clock.pass(1000);
  assert.equal(slot().status, 'COMPLETED');
});

test('the answer to a last save sets nobody looking in a hidden page', async () => {
  data.generateSceneImages(['one']);
  await browser.clock.pass(100);
  await data.addOutputSlot('acme', 'main', ['chair']);
  data.pageHidden();
  await browser.clock.pass(60_000);
  assert.equal(service.read('main').outputSlots.length, 3);
  assert.equal(looks().length, 0);
});

test('pictures that somebody else asked for are looked after too', async () => {
  const other = (await browser.open('main')).data;
  other.generateSceneImages(['two']);
  await browser.clock.pass(20_100);
  assert.equal(slot('two').status, 'GENERATING');
  service.end('main');
  await browser.clock.pass(9000);
  assert.equal(slot('two').status, 'COMPLETED');
});

test('pictures that were under way when the page was left are looked after when it is opened', async () => {
  data.generateSceneImages(['one']);
  await browser.clock.pass(100);
  tab.kill();
  ({ data } = await browser.open('main'));
  assert.equal(slot().status, 'GENERATING');
  service.end('main');
  await browser.clock.pass(1000);
  assert.equal(slot().status, 'COMPLETED');
});

test('a picture that fails says why, and is made when it is asked for again', async () => {
  const made = data.generateSceneImage('acme', 'main', 'one');
  await browser.clock.pass(100);
  service.end('main', { reason: 'The model refused this prompt.' });
  const failed = assert.rejects(made, /refused this prompt/);
  await browser.clock.pass(2000);
  await failed;
  assert.equal(slot().status, 'ERROR');
  assert.equal(slot().generation[0].reason, 'The model refused this prompt.');
  data.retryGeneration('one');
  await browser.clock.pass(100);
  assert.equal(slot().status, 'GENERATING');
  service.change('main', ({ slots }) => {
    const [{ id }] = slots[0].generation.splice(0);
    slots[0].history.unshift({ id, url: 'u', settings: {} });
  });
  await browser.clock.pass(2000);
  assert.equal(slot().status, 'COMPLETED');
});

test('what failed is dismissed, and what is under way goes on', async () => {
  data.generateSceneImages(['one'], { count: 2 });
  await browser.clock.pass(100);
  service.change('main', ({ slots }) => Object.assign(slots[0].generation[0], { state: 'failed', reason: 'No.' }));
  await browser.clock.pass(1000);
  assert.deepEqual(slot().generation.map(({ state }) => state).toSorted(), ['failed', 'running']);
  data.dismissFailed('one');
  await browser.clock.pass(200);
  assert.deepEqual(slot().generation.map(({ state }) => state), ['running']);
});

test('a picture that is cancelled is gone, and whoever waits for it is told', async () => {
  const made = data.generateSceneImage('acme', 'main', 'one');
  await browser.clock.pass(100);
  const failed = assert.rejects(made, /cancelled/);
  data.cancelGeneration('one', slot().generation[0].id);
  await browser.clock.pass(3000);
  await failed;
  assert.equal(slot().status, 'EMPTY');
  assert.deepEqual(slot().generation, []);
});

test('all that is under way in a slot is cancelled at once', async () => {
  data.generateSceneImages(['one'], { count: 3 });
  await browser.clock.pass(100);
  data.cancelGeneration('one');
  await browser.clock.pass(3000);
  assert.deepEqual(slot().generation, []);
});

test('a refusal is told to whoever asked, in plain words, and the slot is as it was', async () => {
  service.next('POST', '/generate', problem(422, 'budget-spent'));
  const failed = assert.rejects(data.generateSceneImages(['one']), /more than is left of the month's limit/);
  await browser.clock.pass(100);
  await failed;
  assert.equal(slot().status, 'EMPTY');
});

test('pictures are looked after again when the service could not be reached for a while', async () => {
  data.generateSceneImages(['one']);
  await browser.clock.pass(100);
  browser.network.isUp = false;
  await browser.clock.pass(20_000);
  browser.network.isUp = true;
  service.end('main');
  await browser.clock.pass(10_000);
  assert.equal(slot().status, 'COMPLETED');
});
