/** Who is signed in, as the deployment's settings say; where they name no issuer, nobody has to be. */

import { browserEnvironment } from '../environment.js';
import { noSession } from '../no-session.js';

export const environment = browserEnvironment();

export async function createSession() {
  const settings = JSON.parse(document.getElementById('settings')?.textContent ?? '{}');
  if (!settings.signInIssuer) return noSession();
  const { SignedSession } = await import('../signing-in.js');
  return new SignedSession({
    issuer: settings.signInIssuer,
    clientId: settings.signInClientId,
    scope: settings.signInScope,
    redirectUri: `${location.origin}/signin`,
    fetch: environment.fetch,
    storage: sessionStorage,
    clock: environment.clock,
    crypto,
    here: () => location.pathname + location.search,
    go: (address) => location.assign(address),
  });
}

/** The session of somebody who is signed in; who is not is led away to do so. */
export async function signedIn() {
  const session = await createSession();
  if (session.isSignedIn.value) return session;
  await session.signIn();
  return new Promise(() => {}); // the browser leaves this page
}
