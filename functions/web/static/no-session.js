/** The session where nobody signs in: the local server knows no users, and guests come by a link. */

import { signal } from '@preact/signals-core';

export function noSession() {
  return {
    isNeeded: false,
    user: signal(/** @type {{ name: string } | null} */ (null)),
    isSignedIn: signal(true),
    token: async () => null,
    refresh: async () => false,
    signIn() {},
    signOut() {},
  };
}
