// Pictures byte by byte: frames of the right form without real picture data.

export const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');
const u16 = (n: number): Buffer => Buffer.from([n >> 8, n & 255]);
export const segment = (marker: number, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0xff, marker]), u16(body.length + 2), body]);

/** The frame of a JPEG without real picture data; `filling` stands in the scan. */
export const jpeg = (width: number, height: number, filling = Buffer.alloc(64, 7)): Buffer =>
  Buffer.concat([
    hex('ffd8'),
    segment(0xe0, hex('4a46494600 0101 00 0001 0001 0000')),
    segment(0xc0, Buffer.concat([hex('08'), u16(height), u16(width), hex('01 01 11 00')])),
    segment(0xda, hex('01 01 00 00 3f 00')),
    filling,
    hex('ffd9'),
  ]);
export const png = (width: number, height: number): Buffer => {
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  return Buffer.concat([
    hex('89504e470d0a1a0a 0000000d 49484452'),
    size,
    hex('0802000000 00000000'),
    hex('00000000 49454e44 ae426082'),
  ]);
};
export const webp = (width: number, height: number): Buffer => {
  const body = Buffer.alloc(30);
  body.write('RIFF', 0, 'latin1');
  body.writeUInt32LE(22, 4);
  body.write('WEBPVP8X', 8, 'latin1');
  body.writeUInt32LE(10, 16);
  body.writeUIntLE(width - 1, 24, 3);
  body.writeUIntLE(height - 1, 27, 3);
  return body;
};
