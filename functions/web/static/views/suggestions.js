/** What the page offers for each setting. */

/** Any other string is as good; only the aspect ratios are all that there are. */
export const SUGGESTIONS = {
  roomType: ['Living Room', 'Bedroom', 'Kitchen', 'Dining Room', 'Office', 'Bathroom', 'Patio', 'Studio'],
  style: ['Modern', 'Industrial', 'Scandinavian', 'Rustic', 'Coastal', 'Mid-Century', 'Minimalist'],
  lighting: ['Natural Light', 'Golden Hour', 'Soft Studio', 'Dramatic', 'Evening', 'Overcast'],
  cameraAngle: ['Eye Level', 'Low Angle', 'High Angle', 'Top Down', 'Straight On'],
  aspectRatio: ['1:1', '4:5', '5:4', '3:4', '4:3', '2:3', '3:2', '9:16', '16:9', '9:21', '21:9'],
  surroundings: ['None', 'Minimal', 'Moderate', 'Rich'],
  colorScheme: ['Neutral Tones', 'Warm Tones', 'Cool Tones', 'Earth Tones', 'Pastels', 'Monochrome'],
  props: ['Plants', 'Books', 'Candles', 'Cushions', 'Rug', 'Artwork', 'Lamp', 'Throw'],
};
