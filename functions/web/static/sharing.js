/**
 * Guest links to the open studio.
 *
 * @import { Desk } from './desk.js'
 */

/** @param {Desk} desk */
export function sharingMethods(desk) {
  const { api } = desk;
  const path = () => `${desk.open.path}/shares`;
  return {
    /** The links, each with what was marked through it. @returns {Promise<{ items: any[] }>} */
    shares: async () => (await api.send('GET', path())).body,

    /**
     * Make a link. Its secret is in this answer and in no other.
     *
     * @param {{ name?: string, expiresInDays?: number }} share
     * @returns {Promise<{ share: any, secret: string, url: string }>}
     */
    addShare: (share) => desk.once('share', async () => (await api.change('POST', path(), { body: share })()).body),

    /** Withdraw a link. @param {string} id */
    deleteShare: async (id) => void (await api.change('DELETE', `${path()}/${id}`)()),
  };
}
