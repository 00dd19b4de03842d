/** Where things are. */

export const studiosAddress = (/** @type {string} */ clientId) => `/${clientId}/scene-studio`;
export const studioAddress = (/** @type {string} */ clientId, /** @type {string} */ studioId) =>
  `/${clientId}/scene-studio/${studioId}`;
