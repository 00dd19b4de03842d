/**
 * Pictures by their stable addresses.
 *
 * Where people sign in, an address alone is refused and an `<img>` cannot send a token: there the picture is
 * asked for with the token and shown from memory, so that no address holds a secret.
 */

import { useEffect, useRef, useState } from 'preact/hooks';
import { html } from './html.js';
import { Icon } from './icons.js';
import { usePage } from './page-state.js';

const KEPT = 200;
/** @type {Map<string, Promise<string>>} */
const loaded = new Map();

/**
 * The address of a picture in a size.
 *
 * @param {string} address
 * @param {'full' | 'thumb'} size
 */
export function sized(address, size) {
  if (size === 'full' || !address.startsWith('/api/') || address.includes('size=')) return address;
  return `${address}${address.includes('?') ? '&' : '?'}size=${size}`;
}

/**
 * A picture.
 *
 * @param {{ address?: string | null, alt: string, size?: 'full' | 'thumb', eager?: boolean, icon?: any }} properties
 *   `icon` stands where there is no picture
 */
export function Picture({ address, alt, size = 'full', eager = false, icon = 'image' }) {
  const { data } = usePage();
  const [failed, setFailed] = useState('');
  const source = address ? sized(address, size) : '';
  if (!source || failed === source) return html`<${Icon} name=${icon} />`;
  const onError = () => setFailed(source);
  if (data.needsToken?.value && source.startsWith('/api/')) {
    return html`<${Fetched} key=${source} source=${source} alt=${alt} load=${data.loadPicture} onError=${onError} />`;
  }
  return html`<img src=${source} alt=${alt} loading=${eager ? 'eager' : 'lazy'} decoding="async" draggable=${false}
    onError=${onError} />`;
}

/**
 * A picture that is asked for with the token, once it comes near the window.
 *
 * @param {{ source: string, alt: string, load: (source: string) => Promise<Blob>, onError: () => void }} properties
 */
function Fetched({ source, alt, load, onError }) {
  const element = useRef(/** @type {HTMLImageElement | null} */ (null));
  const [address, setAddress] = useState('');
  useEffect(() => {
    let wanted = true;
    const watch = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        watch.disconnect();
        kept(source, load).then(
          (found) => wanted && setAddress(found),
          () => wanted && onError(),
        );
      },
      { rootMargin: '300px' },
    );
    watch.observe(/** @type {Element} */ (element.current));
    return () => {
      wanted = false;
      watch.disconnect();
    };
  }, [source]);
  return html`<img ref=${element} src=${address || undefined} alt=${alt} decoding="async" draggable=${false} />`;
}

/** @param {string} source @param {(source: string) => Promise<Blob>} load */
function kept(source, load) {
  const found = loaded.get(source) ?? load(source).then((blob) => URL.createObjectURL(blob));
  loaded.delete(source);
  loaded.set(source, found);
  found.catch(() => loaded.delete(source));
  for (const [oldest, address] of loaded) {
    if (loaded.size <= KEPT) break;
    loaded.delete(oldest);
    address.then((one) => setTimeout(() => URL.revokeObjectURL(one), 60_000));
  }
  return found;
}
