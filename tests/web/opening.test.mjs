import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Browser } from './support/browser.mjs';
import { Service, problem } from './support/service.mjs';

let service;
let browser;

beforeEach(() => {
  service = new Service().add('main', { one: { style: 'Modern' } }).add('other', { two: {} });
  browser = new Browser(service);
});

test('a first visit makes the studio at its address, and a second finds it', async () => {
  for (const _ of [1, 2]) {
    const first = await browser.open('new');
    assert.equal(first.data.opening.value.state, 'ready');
    assert.equal(first.data.studio.value.name, 'Main Studio');
  }
  assert.equal(service.requests.filter(({ method }) => method === 'PUT').length, 1);
});

test('two first visits at once are of one studio', async () => {
  const tabs = [browser.tab(), browser.tab()];
  for (const { data: one } of tabs) void one.openStudio('new');
  await browser.clock.pass(500);
  assert.deepEqual(tabs.map(({ data: one }) => one.opening.value.state), ['ready', 'ready']);
  assert.equal(service.commits('new'), 1);
});

test('at an address of no client a studio is neither made nor asked for again', async () => {
  service.next('GET', '/scene-studio/new', problem(404, 'not-found', { kind: 'studio' }));
  service.next('PUT', '/scene-studio/new', problem(404, 'not-found', { kind: 'client' }));
  const { data: lost } = await browser.open('new');
  assert.equal(lost.opening.value.state, 'missing');
  await browser.clock.pass(60_000);
  assert.equal(browser.network.sent.filter(({ address }) => address.endsWith('/new')).length, 2);
});

test('a studio is opened once the service can be reached', async () => {
  browser.network.isUp = false;
  const { data: late } = await browser.open('main');
  assert.equal(late.opening.value.state, 'loading');
  assert.match(late.opening.value.words, /cannot be reached/);
  browser.network.isUp = true;
  await browser.clock.pass(30_000);
  assert.equal(late.opening.value.state, 'ready');
});

test('a studio that is being opened is read at once when there is a network again, and no more once it is left', async () => {
  browser.network.isUp = false;
  const { data: late } = await browser.open('main');
  await browser.clock.pass(60_000);
  browser.network.isUp = true;
  late.wentOnline();
  await browser.clock.pass(100);
  assert.equal(late.opening.value.state, 'ready');
  browser.network.isUp = false;
  void late.openStudio('other');
  await browser.clock.pass(5000);
  void late.openStudio('main');
  browser.network.sent = [];
  await browser.clock.pass(19_000);
  assert.deepEqual(browser.network.sent.filter(({ address }) => address.endsWith('other')), []);
});
