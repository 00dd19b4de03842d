/** Values as people read them: settings, times, prices, sizes. */

import { DEFAULT_SETTINGS } from '../settings.js';

/** @type {Record<string, string>} */
const LABELS = {
  scene: 'Scene',
  roomType: 'Room type',
  style: 'Style',
  lighting: 'Lighting',
  cameraAngle: 'Camera angle',
  aspectRatio: 'Aspect ratio',
  varietyLevel: 'Variety',
  surroundings: 'Surroundings',
  colorScheme: 'Colour scheme',
  props: 'Props',
  colorTheme: 'Colour theme',
  accessories: 'Accessories',
  promptText: 'Prompt',
  negativePrompt: 'Keep out',
  placement: 'Placement',
  shadowStrength: 'Shadow',
  seed: 'Seed',
  productIds: 'Products',
  outputImage: 'Picture shown',
  favorites: 'Favourites',
  name: 'Name',
  outputSlots: 'Order of slots',
  deleted: 'Deleted',
};

/** What takes back what was just done. */
export const UNDO = 'Undo';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const dayAndClock = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/**
 * The label of a field, by its path in a slot or a studio, such as `settings.style`.
 *
 * @param {string} field
 */
export function label(field) {
  const name = field.replace(/^settings\./, '');
  return LABELS[name] ?? name;
}

/**
 * A value as text.
 *
 * @param {unknown} value
 * @returns {string}
 */
export function text(value) {
  if (value === true) return 'on';
  if (value === false) return 'off';
  if (Array.isArray(value)) return value.map(text).join(', ') || 'none';
  if (value && typeof value === 'object') {
    const named = /** @type {{name?: string, id?: string}} */ (value);
    if (named.name || named.id) return String(named.name || named.id);
    return Object.entries(value).map(([name, one]) => `${name} ${text(one)}`).join(', ');
  }
  return value === null || value === undefined || value === '' ? 'none' : String(value);
}

/**
 * A setting's value: the one that was chosen, or else its default.
 *
 * @param {Record<string, unknown> | undefined} settings
 * @param {string} name
 */
export const setting = (settings, name) => settings?.[name] ?? DEFAULT_SETTINGS[name];

/**
 * The settings in which two pictures differ, in the order of the form.
 *
 * @param {Record<string, unknown> | undefined} one
 * @param {Record<string, unknown> | undefined} other
 * @returns {{name: string, label: string, one: string, other: string}[]}
 */
export function differences(one, other) {
  const names = new Set([...Object.keys(LABELS), ...Object.keys(one ?? {}), ...Object.keys(other ?? {})]);
  return [...names]
    .map((name) => ({
      name, label: label(name), one: text(setting(one, name)), other: text(setting(other, name)),
    }))
    .filter((difference) => difference.one !== difference.other);
}

/**
 * What a slot is called: its products' names.
 *
 * @param {{productIds: string[]}} slot
 * @param {{id: string, name: string}[]} products
 */
export function slotTitle(slot, products) {
  const names = slot.productIds.map((id) => products.find((one) => one.id === id)?.name ?? 'Deleted product');
  return names.join(', ') || 'No products yet';
}

/**
 * How long ago something was.
 *
 * @param {number | string} time
 * @param {number} now
 */
export function ago(time, now = Date.now()) {
  const at = new Date(time).getTime();
  const passed = now - at;
  if (passed < MINUTE) return 'just now';
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min ago`;
  if (passed < DAY) return `${Math.floor(passed / HOUR)} h ago`;
  return dayAndClock.format(at);
}

/** @param {number | string} time */
export const moment = (time) => dayAndClock.format(new Date(time));
/** @param {number | string} time */
export const timeOfDay = (time) => clock.format(new Date(time));

/**
 * The day of a time, such as `Today` or `Sunday 22 November`.
 *
 * @param {number | string} time
 * @param {number} now
 */
export function dayOf(time, now = Date.now()) {
  const at = new Date(time);
  if (at.toDateString() === new Date(now).toDateString()) return 'Today';
  if (at.toDateString() === new Date(now - DAY).toDateString()) return 'Yesterday';
  return day.format(at);
}

/** @param {number} micros millionths of a US dollar */
export function price(micros) {
  if (!micros) return 'free';
  const dollars = micros / 1_000_000;
  return `$${dollars.toFixed(dollars < 0.1 ? 3 : 2)}`;
}

/** @param {number} milliseconds */
export const seconds = (milliseconds) =>
  milliseconds < 90_000 ? `${Math.max(1, Math.round(milliseconds / 1000))} s` : `${Math.round(milliseconds / 60_000)} min`;

/** @param {number} count @param {string} one @param {string} many */
export const counted = (count, one, many = `${one}s`) => `${count.toLocaleString()} ${count === 1 ? one : many}`;
