import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Browser } from './support/browser.mjs';
import { Service, problem } from './support/service.mjs';

let service;
let browser;
let data;
/** Forms that are being sent, to be ended by the test. */
let forms;

beforeEach(async () => {
  forms = [];
  const sendForm = (ticket, file, progress, signal) =>
    new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')));
      forms.push({ ticket, file, progress, resolve, reject });
    });
  service = new Service().add('main', { one: {} });
  browser = new Browser(service);
  ({ data } = await browser.open('main', { sendForm }));
});

const file = (name = 'beach.jpg', type = 'image/jpeg') => new File(['12345'], name, { type });
const pass = (milliseconds = 100) => browser.clock.pass(milliseconds);
const [uploads, scenes] = [() => data.uploads.value, () => data.studio.value.userScenes];
const sent = (method, ending) => service.requests.filter((one) => one.method === method && one.path.endsWith(ending));

test('a file is sent with its ticket, watched, and becomes a scene that is ready', async () => {
  data.addUserScene('acme', 'main', { file: file() });
  await pass();
  assert.deepEqual([uploads()[0].state, uploads()[0].name, uploads()[0].size], ['SENDING', 'beach.jpg', 5]);
  assert.equal(scenes()[0].name, 'beach');
  assert.equal(scenes()[0].state, 'PROCESSING');
  const { id, ...announced } = sent('POST', '/user-scenes')[0].body;
  assert.deepEqual(announced, { name: 'beach', contentType: 'image/jpeg', size: 5 });
  assert.equal(forms[0].ticket.url, 'http://bucket/');
  forms[0].progress(3);
  assert.equal(uploads()[0].sent, 3);
  forms[0].resolve();
  await pass(1000);
  assert.equal(uploads()[0].state, 'PROCESSING');
  service.ingested('main', id, 'READY');
  await pass(5000);
  assert.equal(uploads()[0].state, 'READY');
  assert.equal(scenes()[0].state, 'READY');
});

test('a file that is rejected says why', async () => {
  const ended = data.addUserScene('acme', 'main', { file: file() });
  await pass();
  forms[0].resolve();
  service.ingested('main', scenes()[0].id, 'REJECTED', 'This is not a picture.');
  await pass(1000);
  await ended;
  assert.deepEqual([uploads()[0].state, uploads()[0].reason], ['REJECTED', 'This is not a picture.']);
});

test('a file that does not arrive is sent again, as the same scene', async () => {
  data.addUserScene('acme', 'main', { file: file() });
  await pass();
  forms[0].reject(new Error('The connection broke.'));
  await pass();
  assert.deepEqual([uploads()[0].state, uploads()[0].reason], ['FAILED', 'The connection broke.']);
  uploads()[0].retry();
  await pass();
  assert.equal(uploads()[0].state, 'SENDING');
  assert.equal(uploads().length, 1);
  const [first, again] = sent('POST', '/user-scenes');
  assert.equal(again.key, first.key);
  assert.deepEqual(again.body, first.body);
});

test('a file that the service would not take is said at once', async () => {
  service.next('POST', '/user-scenes', problem(422, 'invalid-request', { errors: [{ field: '/size', message: 'must be at most 25 MiB' }] }));
  data.addUserScene('acme', 'main', { file: file() });
  await pass();
  assert.deepEqual([uploads()[0].state, uploads()[0].reason], ['FAILED', 'Size must be at most 25 MiB.']);
});

test('an upload that is cancelled is sent no further and shown no longer', async () => {
  const ended = data.addUserScene('acme', 'main', { file: file() });
  await pass();
  uploads()[0].cancel();
  await pass();
  await ended;
  assert.deepEqual(uploads(), []);
});

test('of many files three are on their way at once', async () => {
  for (let at = 0; at < 5; at += 1) data.addUserScene('acme', 'main', { file: file(`${at}.jpg`) });
  await pass();
  assert.equal(forms.length, 3);
  assert.equal(uploads().length, 5);
  forms[0].reject(new Error('No.'));
  await pass();
  assert.equal(forms.length, 4);
});

test('a type that the browser does not know is told by the name', async () => {
  data.addUserScene('acme', 'main', { file: file('photo.HEIC', '') });
  await pass();
  assert.equal(sent('POST', '/user-scenes')[0].body.contentType, 'image/heic');
});

test('a scene is made of a picture that is here already, with nothing sent', async () => {
  data.addUserScene('acme', 'main', { name: 'From stock', from: { stock: 'stock-patio-1' } });
  await pass();
  assert.deepEqual(uploads(), []);
  assert.deepEqual(sent('POST', '/user-scenes')[0].body.from, { stock: 'stock-patio-1' });
  assert.equal(scenes()[0].name, 'From stock');
});

test('a scene of the product description, with an address, is added as it is', async () => {
  data.addUserScene('acme', 'main', { id: 'beach', name: 'Beach', imageUrl: 'https://pictures.example/beach.jpg' });
  await pass();
  assert.deepEqual(sent('POST', '/user-scenes')[0].body, { id: 'beach', name: 'Beach', imageUrl: 'https://pictures.example/beach.jpg' });
});

test('a scene is renamed, given another picture, and deleted', async () => {
  data.addUserScene('acme', 'main', { id: 'beach', name: 'Beach', from: { stock: 'x' } });
  await pass();
  data.renameUserScene('beach', 'Shore');
  await pass();
  assert.equal(scenes()[0].name, 'Shore');
  data.replaceUserScene('beach', file());
  await pass();
  assert.equal(sent('POST', '/beach/image').length, 1);
  assert.equal(uploads()[0].sceneId, 'beach');
  data.deleteUserScene('acme', 'main', 'beach');
  await pass();
  assert.deepEqual(scenes(), []);
});

test('the client is read with its products, and the studios part by part', async () => {
  data.readClient();
  await pass();
  assert.deepEqual(data.client.value.products.map(({ name }) => name), ['Oak Chair']);
  data.listStudios();
  await pass();
  assert.deepEqual(data.studios.value.map(({ id }) => id), ['main']);
  assert.equal(data.moreStudios.value, false);
});

test('a product is added with a picture, which is watched until it is there', async () => {
  data.readClient();
  await pass();
  const added = data.addProduct({ name: 'Vase', files: [file('vase.png', 'image/png')] });
  await pass();
  const { id } = await added;
  assert.equal(data.client.value.products.at(-1).name, 'Vase');
  await pass();
  assert.deepEqual([uploads()[0].kind, uploads()[0].productId, uploads()[0].state], ['product', id, 'SENDING']);
  forms[0].resolve();
  await pass(2000);
  assert.equal(uploads()[0].state, 'PROCESSING');
  const product = service.products.find((one) => one.id === id);
  product.pictures = [{ id: product.uploads[0].id }];
  product.uploads = [];
  await pass(5000);
  assert.equal(uploads()[0].state, 'READY');
  assert.equal(data.client.value.products.at(-1).pictures.length, 1);
});

test('a product shows its new name at once, and its old one if that is refused', async () => {
  data.readClient();
  await pass();
  data.updateProduct('chair', { name: 'Ash Chair' });
  assert.equal(data.client.value.products[0].name, 'Ash Chair');
  await pass();
  assert.equal(service.products[0].name, 'Ash Chair');
  service.next('PATCH', '/chair', problem(422, 'invalid-request', { errors: [{ field: '/name', message: 'must not be blank' }] }));
  const refused = assert.rejects(data.updateProduct('chair', { name: ' ' }), /Name must not be blank/);
  await pass();
  await refused;
  assert.equal(data.client.value.products[0].name, 'Ash Chair');
});

test('a product is deleted', async () => {
  data.readClient();
  await pass();
  data.deleteProduct('chair');
  await pass();
  assert.deepEqual(data.client.value.products, []);
});

test('a studio is added once by a double click, and listed', async () => {
  data.listStudios();
  await pass();
  const [one, two] = [data.addSceneStudio('acme', 'Summer'), data.addSceneStudio('acme', 'Summer')];
  await pass();
  assert.equal((await one).id, (await two).id);
  assert.deepEqual(data.studios.value.map(({ name }) => name), ['Summer', 'Main Studio']);
});

test('a list is read part by part, and what was added here is in it from the beginning', async () => {
  for (let at = 10; at < 40; at += 1) service.add(`studio-${at}`);
  const added = data.addSceneStudio('acme', 'Zen');
  await pass();
  const { id } = await added;
  data.listStudios();
  await pass();
  assert.equal(data.studios.value.length, 25);
  assert.equal(data.studios.value[0].id, id);
  assert.equal(data.moreStudios.value, true);
  data.listStudios({ more: true });
  await pass();
  assert.equal(data.studios.value.length, 32);
  assert.equal(data.moreStudios.value, false);
});

test('a studio is renamed in the list at once, and deleted and brought back', async () => {
  data.listStudios();
  await pass();
  data.updateSceneStudio('acme', 'main', { name: 'Autumn' });
  assert.equal(data.studios.value[0].name, 'Autumn');
  assert.equal(data.studio.value.name, 'Autumn');
  void data.deleteSceneStudio('acme', 'main');
  await pass();
  assert.deepEqual(data.studios.value, []);
  assert.ok(data.deletedStudios.value[0].deletedAt);
  void data.undeleteSceneStudio('acme', 'main');
  await pass();
  assert.deepEqual(data.deletedStudios.value, []);
  assert.equal(data.studios.value[0].deletedAt, undefined);
  assert.equal(service.read('main').name, 'Autumn');
});

test('studios that others deleted are listed part by part, and brought back', async () => {
  for (let at = 10; at < 14; at += 1) service.add(`studio-${at}`);
  service.delete('studio-11');
  service.delete('studio-13');
  service.atOnce = 2;
  data.listStudios();
  data.listDeletedStudios();
  await pass();
  assert.deepEqual(data.deletedStudios.value, []);
  assert.equal(data.moreDeletedStudios.value, true);
  data.listDeletedStudios({ more: true });
  await pass();
  data.listDeletedStudios({ more: true });
  await pass();
  assert.deepEqual(data.deletedStudios.value.map(({ id }) => id), ['studio-11', 'studio-13']);
  assert.equal(data.moreDeletedStudios.value, false);
  void data.undeleteSceneStudio('acme', 'studio-11');
  await pass();
  assert.deepEqual(data.deletedStudios.value.map(({ id }) => id), ['studio-13']);
  assert.equal(data.studios.value[0].id, 'studio-11');
  assert.equal(service.read('studio-11').name, 'Main Studio');
});

test('guest links are made, listed and withdrawn', async () => {
  const made = data.addShare({ name: 'Ada', expiresInDays: 7 });
  await pass();
  assert.equal((await made).url, '/shared/x#s');
  const listed = data.shares();
  await pass();
  assert.deepEqual((await listed).items.map(({ name }) => name), ['Ada']);
  void data.deleteShare('share0');
  await pass();
  assert.deepEqual(service.shares, []);
});

test('the price of a run is that of what is shown', async () => {
  data.updateOutputSlot('acme', 'main', 'one', { productIds: ['chair', 'vase'] });
  const told = data.estimate(['one'], 2);
  await pass(200);
  assert.equal((await told).pictures, 1);
  assert.deepEqual(service.slot('main', 'one').productIds, ['chair', 'vase']);
  assert.equal(Object.fromEntries(sent('GET', '/estimate')[0].query).count, '2');
});
