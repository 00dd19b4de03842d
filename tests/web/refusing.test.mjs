import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { signal } from '../../functions/web/node_modules/@preact/signals-core/dist/signals-core.mjs';
import { Browser, saves } from './support/browser.mjs';
import { Service, ok, problem } from './support/service.mjs';

let service;
let browser;
let data;

beforeEach(async () => {
  service = new Service().add('main', { one: { style: 'Modern' }, two: {} });
  browser = new Browser(service);
  ({ data } = await browser.open('main'));
  browser.network.sent = [];
});

const set = (settings, slotId = 'one') => data.updateOutputSlot('acme', 'main', slotId, { settings });
const shown = (slotId = 'one') => data.studio.value.outputSlots.find((slot) => slot.id === slotId);
const stored = (slotId = 'one') => service.slot('main', slotId).settings;
const gateway = (status, message) => ({ status, body: { message }, headers: { 'content-type': 'application/json' } });

for (const [status, message] of [[429, 'Too Many Requests'], [503, 'Service Unavailable'], [500, 'Internal Server Error']]) {
  test(`after the gateway's own ${status} the same save is sent again`, async () => {
    service.next('PATCH', '/main', gateway(status, message));
    set({ style: 'Rustic' });
    await browser.clock.pass(1100);
    assert.equal(data.saveState.value, 'saving');
    await browser.clock.pass(3000);
    const [first, again] = saves(browser.network);
    assert.equal(again.headers['idempotency-key'], first.headers['idempotency-key']);
    assert.equal(again.body, first.body);
    assert.equal(stored().style, 'Rustic');
    assert.deepEqual(data.errors.value, []);
  });
}

test('a service that is busy is given the time it asks for', async () => {
  service.next('PATCH', '/main', { ...problem(503, 'busy'), headers: { 'retry-after': '10' } });
  set({ style: 'Rustic' });
  await browser.clock.pass(10_500);
  assert.equal(saves(browser.network).length, 1);
  await browser.clock.pass(1000);
  assert.equal(stored().style, 'Rustic');
});

test('a service that stays busy is asked less and less often', async () => {
  for (let time = 0; time < 8; time += 1) service.next('PATCH', '/main', gateway(503, 'Service Unavailable'));
  set({ style: 'Rustic' });
  await browser.clock.pass(120_000);
  const times = saves(browser.network).map(({ at }) => at);
  const pauses = times.slice(1).map((at, index) => at - times[index]);
  assert.equal(times.length, 9);
  assert.ok(pauses.every((pause, index) => index === 0 || pause >= pauses[index - 1] * 0.9), pauses);
  assert.ok(pauses.at(-1) > 10 * pauses[0], pauses);
  assert.equal(stored().style, 'Rustic');
});

test('a save that the gateway finds too large is kept, and said in plain words', async () => {
  service.next('PATCH', '/main', gateway(413, 'Request Entity Too Large'));
  set({ style: 'Rustic' });
  await browser.clock.pass(5000);
  assert.equal(data.saveState.value, 'refused');
  assert.match(data.errors.value[0].words, /too much to send/);
  assert.equal(shown().settings.style, 'Rustic');
  assert.equal(saves(browser.network).length, 1);
  data.errors.value[0].retry();
  await browser.clock.pass(100);
  assert.equal(data.saveState.value, 'saved');
  assert.deepEqual(data.errors.value, []);
  assert.equal(stored().style, 'Rustic');
});

test('a value that is refused stays as it was typed, and everything else is saved', async () => {
  set({ style: 'A style with far too many letters in it' });
  set({ lighting: 'Evening' });
  set({ style: 'Coastal' }, 'two');
  await browser.clock.pass(3000);
  assert.deepEqual(stored(), { style: 'Modern', lighting: 'Evening' });
  assert.equal(stored('two').style, 'Coastal');
  assert.equal(shown().settings.style, 'A style with far too many letters in it');
  assert.equal(data.saveState.value, 'refused');
  assert.deepEqual(data.errors.value.map(({ words }) => words), ['Style: at most 20 characters.']);
  assert.equal(saves(browser.network).length, 2);
});

test('a value that was refused is saved once it is corrected', async () => {
  set({ style: 'A style with far too many letters in it' });
  await browser.clock.pass(3000);
  set({ style: 'Rustic' });
  await browser.clock.pass(1100);
  assert.equal(stored().style, 'Rustic');
  assert.equal(data.saveState.value, 'saved');
});

test('other edits go on being saved beside a value that is refused', async () => {
  set({ style: 'A style with far too many letters in it' });
  await browser.clock.pass(3000);
  set({ lighting: 'Evening' });
  await browser.clock.pass(1100);
  assert.equal(stored().lighting, 'Evening');
  assert.equal(data.saveState.value, 'refused');
});

test('the promise of an edit fails when the service will not have it', async () => {
  const saved = set({ style: 'A style with far too many letters in it' });
  const failed = assert.rejects(saved, /at most 20 characters/);
  await browser.clock.pass(3000);
  await failed;
});

test('the studio is deleted under me: nothing typed is lost, and it is brought back with one click', async () => {
  service.delete('main');
  set({ style: 'Rustic' });
  await browser.clock.pass(1100);
  assert.equal(data.saveState.value, 'refused');
  assert.match(data.errors.value[0].words, /^This studio was deleted. It can be restored until .*2026\.$/);
  assert.equal(data.errors.value[0].retryWords, 'Restore the studio');
  assert.equal(shown().settings.style, 'Rustic');
  data.errors.value[0].retry();
  await browser.clock.pass(1000);
  assert.equal(stored().style, 'Rustic');
  assert.equal(data.saveState.value, 'saved');
});

test('a studio that somebody deletes while it is only looked at says so once, and can be brought back', async () => {
  service.delete('main');
  await browser.clock.pass(100_000);
  assert.deepEqual(data.errors.value.map(({ retryWords }) => retryWords), ['Restore the studio']);
  assert.equal(data.saveState.value, 'saved');
  data.dismissError(data.errors.value[0]);
  await browser.clock.pass(100_000);
  assert.deepEqual(data.errors.value, []);
  void data.undeleteSceneStudio('acme', 'main');
  service.set('main', 'one', { style: 'Coastal' });
  await browser.clock.pass(30_000);
  assert.equal(shown().settings.style, 'Coastal');
});

test('a studio that is deleted says so when it is opened, and is brought back', async () => {
  service.delete('main');
  ({ data } = await browser.open('main'));
  const { state, restorableUntil } = data.opening.value;
  assert.deepEqual([state, restorableUntil], ['deleted', '2026-01-31T00:00:00.000Z']);
  void data.undeleteSceneStudio('acme', 'main');
  await browser.clock.pass(100);
  assert.equal(data.opening.value.state, 'ready');
  assert.equal(shown().settings.style, 'Modern');
});

test('when the version that was edited is no longer kept, what others changed is merged in here', async () => {
  service.set('main', 'one', { lighting: 'Evening' });
  service.set('main', 'two', { style: 'Coastal' });
  service.forgetVersions('main');
  set({ style: 'Rustic' });
  await browser.clock.pass(1500);
  assert.deepEqual(stored(), { style: 'Rustic', lighting: 'Evening' });
  assert.equal(stored('two').style, 'Coastal');
  assert.deepEqual(data.conflicts.value, []);
  const [first, again] = saves(browser.network);
  assert.equal(again.headers['if-match'], '"3:v3"');
  assert.notEqual(again.headers['idempotency-key'], first.headers['idempotency-key']);
});

test('a conflict with a version that is no longer kept is listed', async () => {
  service.set('main', 'one', { style: 'Coastal' });
  service.forgetVersions('main');
  set({ style: 'Rustic' });
  await browser.clock.pass(1500);
  assert.equal(stored().style, 'Rustic');
  const { base, mine, theirs } = data.conflicts.value[0];
  assert.deepEqual([base, mine, theirs], ['Modern', 'Rustic', 'Coastal']);
});

test('after 401 a token is got without a word, and the save goes on', async () => {
  const tokens = ['old', 'new'];
  const session = sessionOf({ token: async () => tokens[0], refresh: async () => Boolean(tokens.shift()) });
  ({ data } = await browser.open('main', { session }));
  service.next('PATCH', '/main', gateway(401, 'Unauthorized'));
  set({ style: 'Rustic' });
  await browser.clock.pass(1100);
  const sent = saves(browser.network);
  assert.deepEqual(sent.map(({ headers }) => headers.authorization), ['Bearer old', 'Bearer new']);
  assert.equal(sent[0].headers['idempotency-key'], sent[1].headers['idempotency-key']);
  assert.equal(stored().style, 'Rustic');
});

test('after 401 somebody who has to sign in is told so, and loses nothing', async () => {
  let isAsked = false;
  const session = sessionOf({ token: async () => null, refresh: async () => false, signIn: () => (isAsked = true) });
  ({ data } = await browser.open('main', { session }));
  service.next('PATCH', '/main', gateway(401, 'Unauthorized'));
  set({ style: 'Rustic' });
  await browser.clock.pass(60_000);
  assert.equal(data.saveState.value, 'signed-out');
  assert.match(data.errors.value[0].words, /Sign in again; what you changed is kept/);
  assert.equal(saves(browser.network).length, 1);
  data.errors.value[0].retry();
  assert.equal(isAsked, true);
  data.signedIn();
  await browser.clock.pass(1000);
  assert.equal(stored().style, 'Rustic');
  assert.equal(data.saveState.value, 'saved');
});

test('a save that landed unseen before 401 tells its conflicts after the sign-in', async () => {
  const session = sessionOf({ token: async () => null, refresh: async () => false });
  ({ data } = await browser.open('main', { session }));
  service.set('main', 'one', { style: 'Coastal' });
  browser.network.break('PATCH', 'lose-reply');
  set({ style: 'Rustic' });
  await browser.clock.pass(1030);
  service.next('PATCH', '/main', gateway(401, 'Unauthorized'));
  await browser.clock.pass(10_000);
  assert.equal(data.saveState.value, 'signed-out');
  data.signedIn();
  await browser.clock.pass(10_000);
  assert.deepEqual(data.conflicts.value.map(({ mine, theirs }) => [mine, theirs]), [['Rustic', 'Coastal']]);
  assert.equal(service.commits('main'), 3);
});

test('what was changed meanwhile is listed when the save that another tab left is refused', async () => {
  const left = await browser.open('main');
  browser.network.break('PATCH', 'hang');
  void left.data.updateOutputSlot('acme', 'main', 'one', { settings: { style: 'Rustic' } });
  await browser.clock.pass(1100);
  left.kill();
  service.set('main', 'one', { style: 'Coastal' });
  service.next('PATCH', '/main', gateway(413, 'Request Entity Too Large'));
  ({ data } = await browser.open('main'));
  await browser.clock.pass(40_000);
  assert.equal(data.saveState.value, 'refused');
  assert.deepEqual(data.conflicts.value.map(({ mine, theirs }) => [mine, theirs]), [['Rustic', 'Coastal']]);
  data.errors.value[0].retry();
  await browser.clock.pass(1000);
  assert.equal(stored().style, 'Rustic');
});

test('an issuer that is out of reach is as a service that is', async () => {
  let isUp = false;
  const token = async () => {
    if (!isUp) throw new Error('Signing in is not possible at the moment.');
    return 'token';
  };
  const { data: late } = await browser.open('main', { session: sessionOf({ token, refresh: async () => false }) });
  assert.equal(late.opening.value.state, 'loading');
  isUp = true;
  await browser.clock.pass(10_000);
  assert.equal(late.opening.value.state, 'ready');
});

test('the page that is left to sign in finds the edits when it comes back', async () => {
  const session = sessionOf({ token: async () => null, refresh: async () => false, signIn() {} });
  const tab = await browser.open('main', { session });
  service.next('PATCH', '/main', gateway(401, 'Unauthorized'));
  tab.data.updateOutputSlot('acme', 'main', 'one', { settings: { style: 'Rustic' } });
  await browser.clock.pass(2000);
  tab.kill();
  ({ data } = await browser.open('main'));
  await browser.clock.pass(60_000);
  assert.equal(stored().style, 'Rustic');
});

test('parts of a save that could not be taken are said', async () => {
  const merge = { conflicts: [], ignored: [{ field: '/outputSlots/0/outputImage', message: 'must be a revision' }] };
  service.next('PATCH', '/main', ok({ ...service.read('main'), merge }, 200, { etag: '"1:v1"' }));
  set({ style: 'Rustic' });
  await browser.clock.pass(1100);
  assert.deepEqual(data.errors.value.map(({ words }) => words), ['Part of a save could not be taken: must be a revision.']);
});

test('what was refused as a whole is sent anew once it is edited again', async () => {
  service.next('PATCH', '/main', problem(422, 'studio-full'));
  set({ style: 'Rustic' });
  await browser.clock.pass(3000);
  assert.equal(data.saveState.value, 'refused');
  set({ lighting: 'Evening' });
  await browser.clock.pass(1100);
  assert.deepEqual(stored(), { style: 'Rustic', lighting: 'Evening' });
  assert.equal(data.saveState.value, 'saved');
});

test('what the service will not have can be forgotten', async () => {
  set({ style: 'A style with far too many letters in it' });
  await browser.clock.pass(3000);
  data.discardUnsaved();
  assert.equal(shown().settings.style, 'Modern');
  assert.equal(data.saveState.value, 'saved');
  assert.equal(browser.storage.length, 0);
});

test('edits of a studio that is there no more can be forgotten, and the studio is named', async () => {
  const left = await browser.open('main');
  void left.data.updateOutputSlot('acme', 'main', 'one', { settings: { style: 'Rustic' } });
  await browser.clock.pass(500);
  left.kill();
  service.next('GET', '/main', problem(404, 'not-found', { kind: 'studio' }));
  const later = await browser.open('other');
  await browser.clock.pass(5000);
  const [error] = later.data.errors.value;
  assert.match(error.words, /^main: This studio is not there any more/);
  error.retry();
  assert.equal(browser.storage.length, 0);
  assert.deepEqual(later.data.errors.value, []);
});

test('an answer to a save that brings nothing is taken for none', async () => {
  for (let time = 0; time < 2; time += 1) service.next('PATCH', '/main', ok({}));
  set({ style: 'Rustic' });
  await browser.clock.pass(5000);
  assert.equal(saves(browser.network).length, 2);
  await browser.clock.pass(40_000);
  assert.equal(stored().style, 'Rustic');
});

test('the same trouble is told once, and no more once it is dismissed', async () => {
  for (const style of ['A style that is far too long', 'A style that is much too long']) {
    set({ style });
    await browser.clock.pass(3000);
  }
  assert.equal(data.errors.value.length, 1);
  data.dismissError(data.errors.value[0]);
  assert.deepEqual(data.errors.value, []);
});

function sessionOf(members) {
  return { isNeeded: true, user: signal({ name: 'Ada' }), signIn() {}, ...members };
}
