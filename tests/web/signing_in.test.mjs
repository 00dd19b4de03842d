import assert from 'node:assert/strict';
import { createHash, webcrypto } from 'node:crypto';
import { beforeEach, test } from 'node:test';
import { noSession } from '../../functions/web/static/no-session.js';
import { SignedSession } from '../../functions/web/static/signing-in.js';
import { Storage, response } from './support/browser.mjs';
import { VirtualClock } from './support/virtual_clock.mjs';

const ISSUER = 'https://id.example/pool';
const RETURN = 'https://studio.example/signin';
const PAGE = '/acme/scene-studio/main?slot=1';

let clock;
let storage;
let gone;
let asked;
/** What the token endpoint answers. */
let granted;

beforeEach(() => {
  clock = new VirtualClock();
  storage = new Storage();
  gone = [];
  asked = [];
  granted = () => ({ status: 200, body: tokens('access-1', 'refresh-1', gone.at(-1).searchParams.get('nonce')) });
});

function tokens(access, refresh, nonce) {
  const claims = Buffer.from(JSON.stringify({ name: 'Ada Löwe', nonce })).toString('base64url');
  return { access_token: access, refresh_token: refresh, id_token: `e30.${claims}.x`, expires_in: 3600 };
}

async function fetch(address, { body } = {}) {
  if (address === `${ISSUER}/.well-known/openid-configuration`) {
    return response({
      status: 200,
      body: {
        authorization_endpoint: 'https://login.example/authorize',
        token_endpoint: 'https://login.example/token',
        end_session_endpoint: 'https://login.example/logout',
      },
    });
  }
  assert.equal(address, 'https://login.example/token');
  asked.push(Object.fromEntries(body));
  return response(granted());
}

const session = () =>
  new SignedSession({
    issuer: ISSUER,
    clientId: 'page',
    scope: 'openid profile',
    redirectUri: RETURN,
    fetch,
    storage,
    clock,
    crypto: webcrypto,
    here: () => PAGE,
    go: (address) => gone.push(new URL(address)),
  });

async function signedIn() {
  const signing = session();
  await signing.signIn();
  await signing.finish(`${RETURN}?code=c&state=${gone[0].searchParams.get('state')}`);
  return signing;
}

test('nobody signs in where there is no issuer', async () => {
  const local = noSession();
  assert.equal(local.isNeeded, false);
  assert.equal(local.isSignedIn.value, true);
  assert.equal(await local.token(), null);
  assert.equal(await local.refresh(), false);
});

test('signing in asks for a code, and proves by PKCE that it is the same page that redeems it', async () => {
  const signing = session();
  assert.equal(signing.isSignedIn.value, false);
  assert.equal(await signing.token(), null);
  await signing.signIn();
  const query = Object.fromEntries(gone[0].searchParams);
  assert.equal(gone[0].origin + gone[0].pathname, 'https://login.example/authorize');
  assert.deepEqual([query.response_type, query.client_id, query.redirect_uri, query.scope], ['code', 'page', RETURN, 'openid profile']);
  assert.equal(query.code_challenge_method, 'S256');
  const back = await signing.finish(`${RETURN}?code=c0de&state=${query.state}`);
  assert.equal(back, PAGE);
  const { code_verifier: verifier, ...rest } = asked[0];
  assert.deepEqual(rest, { client_id: 'page', grant_type: 'authorization_code', code: 'c0de', redirect_uri: RETURN });
  assert.equal(createHash('sha256').update(verifier).digest('base64url'), query.code_challenge);
  assert.ok(verifier.length >= 43);
  assert.equal(await signing.token(), 'access-1');
  assert.deepEqual(signing.user.value, { name: 'Ada Löwe' });
});

test('what comes back with a state that this tab did not make is refused, and a state is good for once', async () => {
  const signing = session();
  await signing.signIn();
  await assert.rejects(signing.finish(`${RETURN}?code=c&state=other`), /not begun in this tab/);
  const address = `${RETURN}?code=c&state=${gone[0].searchParams.get('state')}`;
  await signing.finish(address);
  await assert.rejects(signing.finish(address), /not begun in this tab/);
  assert.equal(asked.length, 1);
});

test('an answer in the name of another issuer is refused', async () => {
  const signing = session();
  await signing.signIn();
  const state = gone[0].searchParams.get('state');
  await assert.rejects(signing.finish(`${RETURN}?code=c&state=${state}&iss=https://other.example`), /not begun/);
});

test('tokens of another sign-in are refused', async () => {
  const signing = session();
  await signing.signIn();
  const { state, nonce } = Object.fromEntries(gone[0].searchParams);
  assert.notEqual(state, nonce);
  granted = () => ({ status: 200, body: tokens('access-1', 'refresh-1', 'another') });
  await assert.rejects(signing.finish(`${RETURN}?code=c&state=${state}`), /could not be signed in/);
  assert.equal(signing.isSignedIn.value, false);
  assert.equal(storage.length, 0);
});

test('what the issuer says when it refuses is told', async () => {
  const signing = session();
  await signing.signIn();
  const state = gone[0].searchParams.get('state');
  await assert.rejects(signing.finish(`${RETURN}?error=access_denied&error_description=No+entry&state=${state}`), /No entry/);
  assert.equal(signing.isSignedIn.value, false);
});

test('tokens last for as long as the tab, and another tab has none', async () => {
  await signedIn();
  assert.equal(await session().token(), 'access-1');
  storage = new Storage();
  assert.equal(await session().token(), null);
});

test('a token is renewed before it ends, once however many ask for it', async () => {
  const signing = await signedIn();
  await clock.sleep(3_550_000);
  granted = () => ({ status: 200, body: { access_token: 'access-2', expires_in: 3600 } });
  assert.deepEqual(await Promise.all([signing.token(), signing.token()]), ['access-2', 'access-2']);
  assert.equal(asked.length, 2);
  assert.deepEqual(asked[1], { client_id: 'page', grant_type: 'refresh_token', refresh_token: 'refresh-1' });
  await clock.sleep(3_550_000);
  await signing.token();
  assert.equal(asked[2].refresh_token, 'refresh-1');
  assert.deepEqual(signing.user.value, { name: 'Ada Löwe' });
});

test('somebody whose refresh token is not taken any more has to sign in again', async () => {
  const signing = await signedIn();
  granted = () => ({ status: 400, body: { error: 'invalid_grant' } });
  assert.equal(await signing.refresh(), false);
  assert.equal(signing.isSignedIn.value, false);
  assert.equal(await signing.token(), null);
  assert.equal(await signing.refresh(), false);
  assert.equal(asked.length, 2);
});

test('an issuer that is down for a while signs nobody out', async () => {
  const signing = await signedIn();
  granted = () => ({ status: 503, body: {} });
  await assert.rejects(signing.refresh(), /not possible at the moment/);
  assert.equal(signing.isSignedIn.value, true);
});

test('signing out forgets the tokens and ends the session at the issuer', async () => {
  const signing = await signedIn();
  await signing.signOut();
  assert.equal(storage.length, 0);
  assert.equal(await signing.token(), null);
  const last = gone.at(-1);
  assert.equal(last.pathname, '/logout');
  assert.equal(last.searchParams.get('logout_uri'), 'https://studio.example/');
});

test('no secret is ever in an address', async () => {
  const signing = await signedIn();
  await signing.signOut();
  const kept = asked[0].code_verifier;
  for (const address of gone) assert.ok(![kept, 'access-1', 'refresh-1'].some((secret) => address.href.includes(secret)));
});
