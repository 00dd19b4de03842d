/** Choosing files, and which are taken. */

export const PICTURE_TYPES =
  'image/jpeg,image/png,image/webp,image/avif,image/gif,image/tiff,image/heic,image/heif,.heic,.heif,.avif,.tif,.tiff';

/**
 * Let somebody choose pictures from their own files.
 *
 * @param {(files: File[]) => void} chosen
 * @param {{ multiple?: boolean }} [how]
 */
export function chooseFiles(chosen, { multiple = false } = {}) {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = PICTURE_TYPES;
  input.multiple = multiple;
  input.addEventListener('change', () => chosen([...(input.files ?? [])]));
  input.click();
}
