// Lower-case base32 (RFC 4648 alphabet, no padding): letters and digits only, so an id is safe in a Redis key, a URL and a file name.

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** The base32 text of some bytes, lower-case and unpadded. */
export const base32 = (bytes: Uint8Array): string => {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      text += ALPHABET[(held >>> (bits - 5)) & 31];
      bits -= 5;
    }
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + ALPHABET[(held << (5 - bits)) & 31];
};
