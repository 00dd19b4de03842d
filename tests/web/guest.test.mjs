import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { createGuest } from '../../functions/web/static/guest.js';
import { response } from './support/browser.mjs';
import { VirtualClock } from './support/virtual_clock.mjs';

let clock;
let requests;
/** What the link shows: slots, their favourites, and whether it is good. */
let link;
let guest;
/** How the next requests of a method fail. */
let faults;

beforeEach(() => {
  clock = new VirtualClock();
  requests = [];
  faults = [];
  link = { isGood: true, slots: ['one', 'two'], favorites: new Map([['one', ['a']]]) };
  guest = createGuest({ shareId: 'x', secret: 's3cret', fetch, clock, newKey: () => 'key', random: () => 0.5 });
});

async function fetch(address, { method, headers, body }) {
  if (method === 'PUT') await new Promise((resolve) => void clock.setTimeout(resolve, 50));
  requests.push({ method, address, headers, body: body && JSON.parse(body) });
  const fault = faults.findIndex((one) => one.method === method);
  if (fault >= 0) {
    const { answer } = faults.splice(fault, 1)[0];
    if (!answer) throw new TypeError('fetch failed');
    return response(answer);
  }
  if (!link.isGood || headers['x-share-token'] !== 's3cret') {
    return response({ status: 404, body: { type: 'not-found', detail: 'This link is not good any more.' } });
  }
  if (method === 'GET') {
    const { searchParams: query } = new URL(address, 'http://service');
    const from = Number(query.get('cursor') ?? 0);
    const to = from + Number(query.get('limit'));
    const outputSlots = link.slots.slice(from, to).map((id) => ({ id, favorites: link.favorites.get(id) ?? [], history: [] }));
    return response({ status: 200, body: { name: 'Summer', outputSlots, ...(to < link.slots.length && { nextCursor: String(to) }) } });
  }
  for (const { slotId, imageId, favorite } of JSON.parse(body).favorites) {
    const marks = new Set(link.favorites.get(slotId));
    if (favorite) marks.add(imageId);
    else marks.delete(imageId);
    link.favorites.set(slotId, [...marks]);
  }
  return response({ status: 200, body: { favorites: [] } });
}

async function open() {
  void guest.open();
  await clock.pass(10);
}

const marks = (id = 'one') => guest.studio.value.outputSlots.find((slot) => slot.id === id).favorites;

test('a guest sees the studio, and sends the secret in a header alone', async () => {
  await open();
  assert.equal(guest.state.value, 'ready');
  assert.equal(guest.studio.value.name, 'Summer');
  assert.deepEqual(marks(), ['a']);
  assert.equal(requests[0].headers['x-share-token'], 's3cret');
  assert.ok(!requests[0].address.includes('s3cret'));
});

test('marks show at once, and are saved together a moment later', async () => {
  await open();
  guest.mark('one', 'b', true);
  guest.mark('one', 'a', false);
  guest.mark('two', 'c', true);
  assert.deepEqual(marks(), ['b']);
  assert.equal(guest.saveState.value, 'saving');
  await clock.pass(600);
  const saved = requests.filter(({ method }) => method === 'PUT');
  assert.equal(saved.length, 1);
  assert.deepEqual(link.favorites.get('one'), ['b']);
  assert.deepEqual(link.favorites.get('two'), ['c']);
  assert.equal(guest.saveState.value, 'saved');
  assert.deepEqual(marks(), ['b']);
});

test('a mark that is set while others are saved is saved next', async () => {
  await open();
  guest.mark('one', 'b', true);
  clock.setTimeout(() => guest.mark('one', 'b', false), 520);
  await clock.pass(560);
  assert.deepEqual(marks(), ['a']);
  await clock.pass(2000);
  assert.deepEqual(link.favorites.get('one'), ['a']);
  assert.equal(guest.saveState.value, 'saved');
});

test('what could not be saved is told, stays shown, and is saved with the next', async () => {
  await open();
  faults.push({ method: 'PUT' });
  guest.mark('one', 'b', true);
  await clock.pass(600);
  assert.match(guest.error.value, /cannot be reached/);
  assert.deepEqual(marks(), ['a', 'b']);
  guest.mark('two', 'c', true);
  await clock.pass(600);
  assert.deepEqual(link.favorites.get('one'), ['a', 'b']);
  assert.equal(guest.error.value, null);
});

test('a hidden page saves at once', async () => {
  await open();
  guest.mark('one', 'b', true);
  void guest.pageHidden();
  await clock.pass(60);
  assert.deepEqual(link.favorites.get('one'), ['a', 'b']);
});

test('a link that was withdrawn or is none says so and nothing else', async () => {
  link.isGood = false;
  await open();
  assert.equal(guest.state.value, 'gone');
  assert.equal(guest.studio.value, null);
});

test('addresses of pictures are asked for anew before they run out, and when the page is shown again', async () => {
  await open();
  await clock.pass(5 * 60_000);
  assert.equal(requests.length, 2);
  void guest.pageHidden();
  await clock.pass(60 * 60_000);
  assert.equal(requests.length, 2);
  void guest.pageShown();
  await clock.pass(10);
  assert.equal(requests.length, 3);
});

test('more slots are read when they are asked for', async () => {
  link.slots = Array.from({ length: 30 }, (_, at) => `slot-${at}`);
  await open();
  assert.equal(guest.studio.value.outputSlots.length, 12);
  assert.equal(guest.hasMore.value, true);
  void guest.readMore();
  await clock.pass(10);
  void guest.readMore();
  await clock.pass(10);
  assert.equal(guest.studio.value.outputSlots.length, 30);
  assert.equal(guest.hasMore.value, false);
});
