// Bytes to text, chunk by chunk: UTF-8 with or without a byte order mark, characters over chunk borders kept whole.
import type { Readable } from 'node:stream';

/** The text of a byte stream. Bytes that are not UTF-8 become U+FFFD, for whoever knows the line to report. */
export async function* decodeText(stream: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8');
  for await (const chunk of stream) {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk as Uint8Array, { stream: true });
    if (text !== '') yield text;
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}
