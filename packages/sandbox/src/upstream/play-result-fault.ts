// Plays what can go wrong with the download of a result.
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type Call, clientGone, leaveUnanswered, logCall, resetConnection } from './call.ts';
import { OSS_ERRORS, sendOssError } from './oss-error.ts';

type Headers = Readonly<Record<string, string>>;

/** True when the picture is still to be served. `headers` are those of the good answer. */
export async function playResultFault(call: Call, bytes: Buffer, headers: Headers): Promise<boolean> {
  const { context, reply } = call;
  const fault = context.faults.take('result', call.source);
  const half = bytes.subarray(0, Math.floor(bytes.length / 2));
  const send = (status: number, more: Headers, body: Buffer | Readable) => {
    logCall(call, status);
    void reply.code(status).headers(more).send(body);
    return false;
  };

  switch (fault?.kind) {
    case undefined:
      return true;
    case 'truncated':
      return cutOff(call, headers, bytes.length, half, 'end');
    case 'short':
      return send(200, headers, half);
    case 'corrupt': {
      const changed = Buffer.from(bytes);
      const middle = half.length;
      changed.writeUInt8((changed.readUInt8(middle) + 1) % 256, middle);
      return send(200, headers, changed);
    }
    case 'not_image':
      return send(200, { 'content-type': 'text/html' }, Buffer.from('<html><body>not a picture</body></html>'));
    case 'too_large': {
      const length: Headers = fault.chunked ? {} : { 'content-length': String(fault.bytes) };
      return send(200, { ...headers, ...length }, Readable.from(manyBytes(bytes, fault.bytes)));
    }
    case 'drip':
      return send(
        200,
        { ...headers, 'content-length': String(bytes.length) },
        Readable.from(drip(bytes, fault.bytesPerSecond, clientGone(call))),
      );
    case 'expired':
      sendOssError(call, OSS_ERRORS.expired);
      return false;
    case 'reset':
      if (fault.afterBytes > 0) {
        return cutOff(call, headers, bytes.length, bytes.subarray(0, fault.afterBytes), 'reset');
      }
      resetConnection(call);
      return false;
    case 'hang':
      leaveUnanswered(call, 'hang');
      return false;
    case 'hold': {
      const gone = clientGone(call);
      await context.holds.add({ at: 'result', source: call.source, taskId: null, since: context.now() }, gone);
      if (gone.aborted) leaveUnanswered(call, 'gone');
      return !gone.aborted;
    }
    case 'redirect':
      return send(302, { location: fault.location ?? '/_sandbox/pictures/elsewhere.jpg' }, Buffer.alloc(0));
    case 'gzip':
      return send(200, { ...headers, 'content-encoding': 'gzip' }, gzipSync(bytes));
    case 'status':
      sendOssError(call, { status: fault.status, code: 'InternalError', message: 'We encountered an internal error.' });
      return false;
  }
}

/** Promises the full length, sends a part, and closes: a clean end or a reset. */
function cutOff(call: Call, headers: Headers, promised: number, part: Buffer, how: 'end' | 'reset'): false {
  logCall(call, how === 'end' ? 200 : 'reset');
  call.reply.hijack();
  const { raw } = call.reply;
  raw.writeHead(200, { ...headers, 'content-length': String(promised) });
  raw.write(part, () => {
    if (how === 'end') raw.socket?.end();
    else raw.socket?.resetAndDestroy();
  });
  return false;
}

/** A picture's beginning and then zeros, made as they are read. */
function* manyBytes(bytes: Buffer, total: number): Generator<Buffer> {
  const zeros = Buffer.alloc(65_536);
  let left = total;
  let next = bytes;
  while (left > 0) {
    const part = next.subarray(0, left);
    left -= part.length;
    yield part;
    next = zeros;
  }
}

async function* drip(bytes: Buffer, bytesPerSecond: number, gone: AbortSignal): AsyncGenerator<Buffer> {
  // Ten parts a second, so that a reader sees progress all the time and only a total deadline helps.
  const part = Math.max(1, Math.round(bytesPerSecond / 10));
  for (let sent = 0; sent < bytes.length && !gone.aborted; sent += part) {
    yield bytes.subarray(sent, sent + part);
    await delay(100, undefined, { signal: gone }).catch(() => undefined);
  }
}
