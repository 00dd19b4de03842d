/**
 * The settings of a slot that nobody has set, as the service would fill them in.
 *
 * @import { Settings } from '../types.d.ts'
 */

/** @type {Readonly<Settings>} */
export const DEFAULT_SETTINGS = Object.freeze({
  roomType: 'Living Room',
  style: 'Modern',
  lighting: 'Natural Light',
  cameraAngle: 'Eye Level',
  aspectRatio: '1:1',
  varietyLevel: 5,
  surroundings: 'Moderate',
  colorScheme: 'Neutral Tones',
  props: Object.freeze([]),
  colorTheme: true,
  accessories: false,
  promptText: '',
});
