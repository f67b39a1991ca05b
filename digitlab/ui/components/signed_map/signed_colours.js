// Signed values as text and as colours, for all scripts that this one is put beside.

function signed(value) {
  const digits = Math.abs(value).toFixed(2);
  return value < 0 ? `−${digits}` : value > 0 ? `+${digits}` : digits;
}

function isDark(node) {
  const [r, g, b] = getComputedStyle(node).color.match(/[\d.]+/g).map(Number);
  return r + g + b > 382; // light text
}

// A colour for each of the values −127 to 127, as the four bytes of a pixel in one number.
function colours(stops) {
  const channels = stops.map((stop) => [1, 3, 5].map((i) => parseInt(stop.slice(i, i + 2), 16)));
  return Array.from({ length: 255 }, (_, i) => {
    const place = (i / 254) * (stops.length - 1);
    const low = Math.min(Math.floor(place), stops.length - 2);
    const [r, g, b] = channels[low].map((c, k) => Math.round(c + (place - low) * (channels[low + 1][k] - c)));
    return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
  });
}
