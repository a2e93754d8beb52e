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

/** A valid JPEG of that size: cameras too append bytes behind a picture's end. */
const largePicture = async (): Promise<Buffer> => {
  const small = await tinyPicture();
  return Buffer.concat([small, Buffer.alloc(PICTURE_BYTES - small.length)]);
};

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
  const picture = await largePicture();
  const server = createServer((_, answer) => {
    answer.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': picture.length }).end(picture);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/picture.jpg`;
  const {
    OUTPAINT_BUCKET: bucket = '',
    AWS_ENDPOINT_URL_S3: endpoint = '',
    AWS_REGION: region = '',
  } = services.storeEnv;
  const copy = async (way: Copy['way']): Promise<Copied> => {
    const o: Copy = { way, url, times, bucket, prefix: randomUUID(), endpoint, region };
    const env = { ...services.storeEnv, NODE_OPTIONS: '--expose-gc' };
    const { stdout } = await runProgram('bench/controls/copy.ts', env, [JSON.stringify(o)]);
    return JSON.parse(stdout) as Copied;
  };
  say(`copy: ${times} pictures of ${(picture.length / 1_048_576).toFixed(1)} MiB, one after the other`);
  const ours: Copied[] = [];
  const pipe: Copied[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await copy('ours'));
    pipe.push(await copy('pipe'));
  }
  server.close();
  const speed = ({ bytes, ms }: Copied): number => bytes / 1_048_576 / (ms / 1_000);
  const ratios = ours.map((one, i) => speed(one) / speed(pipe[i] as Copied));
  const held = (runs: readonly Copied[]): number[] => runs.map((run) => run.held / picture.length);
  say(
    `  MiB/s: outpaint ${median(ours.map(speed)).toFixed(0)}, raw pipe ${median(pipe.map(speed)).toFixed(0)}, ratio ${median(ratios).toFixed(2)} (${spread(ratios)})`,
  );
  say(
    `  most held, in sizes of the picture: outpaint ${median(held(ours)).toFixed(2)} (${spread(held(ours))}), raw pipe ${median(held(pipe)).toFixed(2)}`,
  );
};
