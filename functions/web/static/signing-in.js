/**
 * Signing in at an OpenID Connect issuer: the authorization code flow with PKCE (RFC 7636), for a public client.
 *
 * Tokens are kept for as long as the tab lives and are never in an address. What is unsaved in the tab is kept by
 * its outbox, so leaving the page to sign in loses nothing.
 *
 * @import { Clock, KeyValueStorage, Session } from '../types.d.ts'
 */

import { computed, signal } from '@preact/signals-core';

const TOKENS = 'scene-studio/tokens';
const REQUEST = 'scene-studio/signing-in/';
/** A token is renewed so long before it ends. */
const EARLY_MILLISECONDS = 60_000;

/** @typedef {{ access: string, refresh: string | null, endsAt: number, name: string }} Tokens */

/** @implements {Session} */
export class SignedSession {
  isNeeded = true;
  #tokens = signal(/** @type {Tokens | null} */ (null));
  user = computed(() => (this.#tokens.value ? { name: this.#tokens.value.name } : null));
  isSignedIn = computed(() => this.#tokens.value !== null);
  /** @type {Promise<Record<string, any>> | null} */
  #found = null;
  /** @type {Promise<boolean> | null} */
  #refreshing = null;

  /**
   * @param {object} uses
   * @param {string} uses.issuer
   * @param {string} uses.clientId by which the page is known there
   * @param {string} uses.scope
   * @param {string} uses.redirectUri where the issuer sends people back to
   * @param {typeof globalThis.fetch} uses.fetch
   * @param {KeyValueStorage} uses.storage that of the tab
   * @param {Clock} uses.clock
   * @param {Pick<Crypto, 'getRandomValues' | 'subtle'>} uses.crypto
   * @param {() => string} uses.here the path that is shown, with its query
   * @param {(address: string) => void} uses.go
   */
  constructor({ issuer, clientId, scope, redirectUri, fetch, storage, clock, crypto, here, go }) {
    this.issuer = issuer;
    this.clientId = clientId;
    this.scope = scope;
    this.redirectUri = redirectUri;
    this.fetch = fetch;
    this.storage = storage;
    this.clock = clock;
    this.crypto = crypto;
    this.here = here;
    this.go = go;
    this.#tokens.value = JSON.parse(storage.getItem(TOKENS) ?? 'null');
  }

  /** @returns {Promise<string | null>} a token that is good for a while; null if somebody has to sign in */
  async token() {
    const tokens = this.#tokens.peek();
    if (tokens && tokens.endsAt - this.clock.now() < EARLY_MILLISECONDS) await this.refresh();
    return this.#tokens.peek()?.access ?? null;
  }

  /** Get a new token without asking anybody. @returns {Promise<boolean>} */
  refresh() {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  /** Leave the page to sign in; `finish` goes on when the issuer sends the person back. */
  async signIn() {
    const { authorization_endpoint: address } = await this.#discovered();
    const [verifier, state, nonce] = [this.#secret(), this.#secret(), this.#secret()];
    this.storage.setItem(REQUEST + state, JSON.stringify({ verifier, nonce, returnTo: this.here() }));
    const asked = new URL(address);
    const query = {
      response_type: 'code',
      client_id: this.clientId,
      redirect_uri: this.redirectUri,
      scope: this.scope,
      state,
      nonce,
      code_challenge: await this.#challenge(verifier),
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(query)) asked.searchParams.set(name, value);
    this.go(asked.href);
  }

  /**
   * Go on when the issuer has sent the person back.
   *
   * @param {string} address with what the issuer says in its query
   * @returns {Promise<string>} the path that the person came from
   * @throws {Error} they are not signed in; the message is for them
   */
  async finish(address) {
    const said = new URL(address).searchParams;
    const name = REQUEST + said.get('state');
    const request = JSON.parse(this.storage.getItem(name) ?? 'null');
    this.storage.removeItem(name);
    if (!request || (said.has('iss') && said.get('iss') !== this.issuer)) {
      throw new Error('This sign-in was not begun in this tab. Open the studio and sign in again.');
    }
    const code = said.get('code');
    if (code === null) throw new Error(said.get('error_description') ?? 'You were not signed in. Try again.');
    const grant = { grant_type: 'authorization_code', code, redirect_uri: this.redirectUri, code_verifier: request.verifier };
    const tokens = await this.#ask(grant, request.nonce);
    if (!tokens) throw new Error('You could not be signed in. Try again.');
    return request.returnTo;
  }

  /** Forget the tokens, and end the session at the issuer if it can. */
  async signOut() {
    this.#keep(null);
    const { end_session_endpoint: address } = await this.#discovered();
    const home = new URL('/', this.redirectUri).href;
    if (!address) return this.go(home);
    const asked = new URL(address);
    asked.searchParams.set('client_id', this.clientId);
    asked.searchParams.set('post_logout_redirect_uri', home);
    asked.searchParams.set('logout_uri', home); // as Amazon Cognito calls it
    return this.go(asked.href);
  }

  async #refresh() {
    const before = this.#tokens.peek();
    if (!before?.refresh) {
      this.#keep(null);
      return false;
    }
    return (await this.#ask({ grant_type: 'refresh_token', refresh_token: before.refresh })) !== null;
  }

  /**
   * Ask for tokens.
   *
   * @param {Record<string, string>} grant
   * @param {string} [nonce] the one that an ID token has to hold, so that it is of this very sign-in
   * @returns {Promise<Tokens | null>} null if the issuer gives none that are good; fails if it cannot be reached
   */
  async #ask(grant, nonce) {
    const { token_endpoint: address } = await this.#discovered();
    const body = new URLSearchParams({ client_id: this.clientId, ...grant });
    const reply = await this.fetch(address, { method: 'POST', body, cache: 'no-store' });
    if (reply.status >= 500) throw new Error('Signing in is not possible at the moment. Try again shortly.');
    const told = reply.ok ? await reply.json() : null;
    const claims = told?.id_token ? claimsIn(told.id_token) : null;
    if (!told || (claims && nonce !== undefined && claims.nonce !== nonce)) {
      this.#keep(null);
      return null;
    }
    const before = this.#tokens.peek();
    const tokens = {
      access: told.access_token,
      refresh: told.refresh_token ?? before?.refresh ?? null,
      endsAt: this.clock.now() + (told.expires_in ?? 300) * 1000,
      name: claims ? nameIn(claims) : (before?.name ?? 'Signed in'),
    };
    this.#keep(tokens);
    return tokens;
  }

  /** @param {Tokens | null} tokens */
  #keep(tokens) {
    this.#tokens.value = tokens;
    if (tokens) this.storage.setItem(TOKENS, JSON.stringify(tokens));
    else this.storage.removeItem(TOKENS);
  }

  /** What the issuer says of itself (OpenID Connect Discovery). */
  #discovered() {
    this.#found ??= this.fetch(`${this.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
      .then((reply) => {
        if (!reply.ok) throw new Error('Signing in is not possible at the moment. Try again shortly.');
        return reply.json();
      })
      .catch((error) => {
        this.#found = null;
        throw error;
      });
    return this.#found;
  }

  #secret() {
    return base64url(this.crypto.getRandomValues(new Uint8Array(32)));
  }

  /** @param {string} verifier */
  async #challenge(verifier) {
    return base64url(new Uint8Array(await this.crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))));
  }
}

/** @param {Uint8Array} bytes */
function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

/** What an ID token says, which the issuer itself handed out. @param {string} token @returns {Record<string, any>} */
function claimsIn(token) {
  const bytes = Uint8Array.from(atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')), (one) => one.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** What a person is called. @param {Record<string, any>} claims */
function nameIn(claims) {
  return claims.name ?? claims.email ?? claims.preferred_username ?? claims['cognito:username'] ?? 'Signed in';
}
