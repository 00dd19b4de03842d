/** The page's icons: strokes on a grid of 20, in the colour of the text beside them. */

import { html } from './html.js';

const SHAPES = {
  add: 'M10 4v12M4 10h12',
  alert: 'M10 3 2 17h16L10 3Zm0 5v4m0 2.6v.1',
  back: 'M12 4 6 10l6 6',
  check: 'm4 10.5 4 4 8-9',
  close: 'm5 5 10 10M15 5 5 15',
  cloud: 'M6 15.5a3.5 3.5 0 0 1-.4-7A4.5 4.5 0 0 1 14.3 8 3.8 3.8 0 0 1 14 15.5H6Z',
  cloudOff: 'M6 15.5a3.5 3.5 0 0 1-.4-7M8.300 5.300A4.500 4.500 0 0 1 14.300 8a3.800 3.800 0 0 1 2.400 6M3 3l14 14M6 15.500h7.500',
  compare: 'M10 2.500v15M3.500 5h4v10h-4zM12.500 5h4v10h-4z',
  copy: 'M7 7V3.500h9.500V13H13M3.500 7H13v9.500H3.500z',
  download: 'M10 3v9m-4-3.500 4 4 4-4M4 16.500h12',
  edit: 'm4 16 .8-3.500L13 4.300l2.700 2.700-8.200 8.200L4 16Z',
  forward: 'm8 4 6 6-6 6',
  help: 'M7.500 7.500A2.500 2.500 0 1 1 10 10.500V12m0 2.600v.1M10 2.500a7.500 7.500 0 1 1 0 15 7.500 7.500 0 0 1 0-15Z',
  history: 'M3.500 6.500V3m0 3.500H7M3.700 6.400A7.200 7.200 0 1 1 2.800 10M10 6v4.300l2.700 1.700',
  image: 'M3 4h14v12H3zM3 13.500l4-4 3.500 3.500 2.500-2.500 4 4M12.700 7.200h.1',
  link: 'M8.500 11.500a3 3 0 0 0 4.300 0l2.500-2.500a3 3 0 0 0-4.300-4.300l-.8.8M11.500 8.500a3 3 0 0 0-4.300 0L4.700 11A3 3 0 0 0 9 15.300l.8-.8',
  menu: 'M4.500 10h.1M10 10h.1M15.500 10h.1',
  minus: 'M4 10h12',
  play: 'M6.500 4v12l9-6-9-6Z',
  retry: 'M16.500 6.500V3m0 3.500H13m3.300-.1A7.200 7.200 0 1 0 17.200 10',
  search: 'M9 3.500a5.500 5.500 0 1 1 0 11 5.500 5.500 0 0 1 0-11ZM13 13l4 4',
  sliders: 'M4 6h5m4 0h3M4 14h3m4 0h5M11 4v4M9 12v4',
  star: 'm10 3 2.100 4.500 4.900.600-3.600 3.400.900 4.900-4.300-2.400-4.300 2.400.900-4.900L3 8.100l4.900-.600L10 3Z',
  trash: 'M4 5.500h12M8 5V3.500h4V5m-6.500.500.700 11h7.600l.700-11M8.500 9v4.500M11.500 9v4.500',
  undo: 'M7 4.500 3.500 8 7 11.500M4 8h7.500a4.500 4.500 0 0 1 0 9H7',
  upload: 'M10 13V4M6 7.500 10 3.500l4 4M4 16.500h12',
  user: 'M10 3.500a3 3 0 1 1 0 6.500 3 3 0 0 1 0-6.500ZM4 17c.500-3.300 2.700-5 6-5s5.500 1.700 6 5',
};

/** @typedef {keyof typeof SHAPES} IconName */

/**
 * An icon; what it means is told by the text or the label of what it stands in.
 *
 * @param {{name: IconName, filled?: boolean}} properties
 */
export function Icon({ name, filled = false }) {
  return html`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" data-icon=${name} data-filled=${filled}>
    <path d=${SHAPES[name]} />
  </svg>`;
}

/** The mark of Scene Studio. */
export function Logo() {
  return html`<svg viewBox="0 0 32 32" class="logo" aria-hidden="true">
    <rect width="32" height="32" rx="7" />
    <path d="M7 22h18M9 22v-9l7-5 7 5v9M16 22v-6" />
  </svg>`;
}
