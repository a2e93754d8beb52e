// Measure: how fast a paid picture goes from its link into the bucket beside a raw pipe, and what it holds in memory meanwhile.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tinyPicture } from '@outpaint/sandbox/upstream/tiny-picture';
import type { Copy } from './controls/copy.ts';
import { median, spread } from './support/median.ts';
import { runProgram } from './support/program-run.ts';
import type { BenchServices, BenchTerms } from './support/services.ts';

const PICTURE_BYTES = 8 * 1_048_576;
const TIMES = 30;
/** Looking at memory slows a copy down to a few a second. */
const LOOKED_AT_TIMES = 5;

/** A valid JPEG of that size: cameras too append bytes behind a picture's end. */
const enlarged = (small: Buffer): Buffer => Buffer.concat([small, Buffer.alloc(PICTURE_BYTES - small.length)]);

interface Copied {
  readonly ms: number;
  readonly bytes: number;
  readonly held: number;
}

export const measureCopy = async (
  services: BenchServices,
  { rounds, rows: times = TIMES }: BenchTerms,
  say: (line: string) => void,
): Promise<void> => {
  const small = await tinyPicture();
  const picture = enlarged(small);
  const server = createServer(({ url }, answer) => {
    const body = url === '/small.jpg' ? small : picture;
    answer.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': body.length }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const urls = { url: `${base}/picture.jpg`, smallUrl: `${base}/small.jpg` };
  const {
    OUTPAINT_BUCKET: bucket = '',
    AWS_ENDPOINT_URL_S3: endpoint = '',
    AWS_REGION: region = '',
  } = services.storeEnv;
  const copy = async (way: Copy['way'], figure: Copy['figure']): Promise<Copied> => {
    const place = { bucket, prefix: randomUUID(), endpoint, region };
    const o: Copy = { way, figure, ...urls, times: figure === 'speed' ? times : LOOKED_AT_TIMES, ...place };
    const env = { ...services.storeEnv, NODE_OPTIONS: '--expose-gc' };
    const { stdout } = await runProgram('bench/controls/copy.ts', env, [JSON.stringify(o)]);
    return JSON.parse(stdout) as Copied;
  };
  say(`copy: ${times} pictures of ${(picture.length / 1_048_576).toFixed(1)} MiB, one after the other`);
  const ours: Copied[] = [];
  const pipe: Copied[] = [];
  const oursHeld: number[] = [];
  const pipeHeld: number[] = [];
  const heldBy = async (way: Copy['way']): Promise<number> => (await copy(way, 'memory')).held / picture.length;
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await copy('ours', 'speed'));
    pipe.push(await copy('pipe', 'speed'));
    oursHeld.push(await heldBy('ours'));
    pipeHeld.push(await heldBy('pipe'));
  }
  server.close();
  const speed = ({ bytes, ms }: Copied): number => bytes / 1_048_576 / (ms / 1_000);
  const ratios = ours.map((one, i) => speed(one) / speed(pipe[i] as Copied));
  say(
    `  MiB/s: outpaint ${median(ours.map(speed)).toFixed(0)}, raw pipe ${median(pipe.map(speed)).toFixed(0)}, ratio ${median(ratios).toFixed(2)} (${spread(ratios)})`,
  );
  say(
    `  most held, in sizes of the picture: outpaint ${median(oursHeld).toFixed(2)} (${spread(oursHeld)}), raw pipe ${median(pipeHeld).toFixed(2)}`,
  );
};
