// One contender takes one catalog through one seed's trouble; afterwards it is judged.
import type { Environment } from '@outpaint/sandbox/services/environment';
import { stopInReverse } from '@outpaint/sandbox/stack/stop-in-reverse';
import { apiTime } from './api-time.ts';
import { type ChaosKind, planChaos } from './chaos-plan.ts';
import { openBullmq } from './contenders/bullmq.ts';
import { catalogOf, type OpenContender } from './contenders/contender.ts';
import { openOutpaint } from './contenders/outpaint.ts';
import { openScript } from './contenders/script.ts';
import { startCrew } from './crew.ts';
import { figuresOf, judgeRow, judgeSums, type RowFigures } from './judge/judge-rows.ts';
import { later } from './later.ts';
import { startNeighbour } from './neighbour.ts';
import { playChaos } from './play-chaos.ts';
import type { ContenderName, SoakOptions } from './soak-options.ts';
import { startWorld } from './world.ts';

export interface ContenderReport {
  readonly contender: ContenderName;
  readonly seconds: number;
  readonly figures: RowFigures;
  readonly chaos: Readonly<Partial<Record<ChaosKind, number>>>;
  /** How workers ended that nobody had killed. */
  readonly ownEnds: Readonly<Record<string, number>>;
  /** Calls to the API by operation and answer. */
  readonly requests: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Tasks that a neighbour made with the same account. */
  readonly neighbour: number;
  /** Tasks that a Redis put back had lost and no log knew: a person said to go on, which may pay for their rows again. */
  readonly acceptedLost: number;
  /** Sentences; empty where all is well. */
  readonly wrong: readonly string[];
  /** The stories of rows that something is wrong with. */
  readonly stories: readonly (readonly string[])[];
}

export interface ContenderRun extends Omit<SoakOptions, 'contenders' | 'controlRows'> {
  readonly name: ContenderName;
  readonly seed: string;
  readonly resign: boolean;
  readonly dir: string;
  readonly env: Environment;
  readonly say: (line: string) => void;
  /** Aborted when the person has had enough. */
  readonly stop: AbortSignal;
}

const OPEN: Readonly<Record<ContenderName, OpenContender>> = {
  outpaint: openOutpaint,
  script: openScript,
  bullmq: openBullmq,
};

/** By the exit code that our programs end with; no other start would be better. */
const WRONG_USAGE = 'ended with 2';
const LOOK_MS = 250;
const SAY_MS = 10_000;
const SENTENCES_MAX = 20;

/** Everything that it starts has ended when it resolves. Throws where the harness itself does not work. */
export const runContender = async (run: ContenderRun): Promise<ContenderReport> => {
  const stops = stopInReverse();
  try {
    return await underTrouble(run, stops.add);
  } finally {
    await stops.stop();
  }
};

const underTrouble = async (
  run: ContenderRun,
  stopLater: (stop: () => Promise<void>) => void,
): Promise<ContenderReport> => {
  const t = apiTime(run.speed);
  const dedicated = run.key === 'dedicated';
  const world = await startWorld({ ...run, t, dedicated }, stopLater);
  const catalog = catalogOf(run.rows);
  const contender = OPEN[run.name](world, catalog, run.workers);
  stopLater(contender.close);
  await contender.begin();
  const began = performance.now();
  const isOver = (): boolean => performance.now() - began > run.limitMs || run.stop.aborted;

  const crew = startCrew({ ...contender.crew, dir: run.dir });
  stopLater(async () => void (await crew.stop()));
  const neighbour = dedicated ? null : startNeighbour({ baseUrl: world.baseUrl, t, seed: run.seed });
  let ended = 0;
  const plan = planChaos(run.seed, run.chaos);
  const chaos = playChaos(plan, world, crew, () => ended / catalog.length);

  let saidAt = performance.now();
  let acceptedLost = 0;
  for (;;) {
    const progress = await contender.progress();
    ended = Math.max(ended, progress.ended);
    if (progress.isDone || isOver()) break;
    if (crew.ownEnds[WRONG_USAGE] !== undefined) throw new Error(`the workers refuse their settings: see ${run.dir}`);
    if (performance.now() - saidAt > SAY_MS) {
      saidAt = performance.now();
      if (run.chaos.redisRestores > 0) acceptedLost += (await contender.tend?.(run)) ?? 0;
      run.say(`${run.name}: ${ended} of ${run.rows} rows, ${JSON.stringify(chaos.done)}`);
    }
    await later(LOOK_MS);
  }
  await chaos.end();
  const unsettled = await contender.settle({ isOver });
  const neighbourTasks = (await neighbour?.stop()) ?? 0;
  const seconds = Math.round((performance.now() - began) / 1_000);
  const ends = await crew.stop();

  const rows = await contender.rows();
  const figures = figuresOf(rows);
  const guilty = rows.filter((row) => judgeRow(row).violations.length > 0);
  const wrong = [
    ...unsettled,
    ...judgeSums(figures),
    ...guilty.map((row) => `${row.name}: ${judgeRow(row).violations.join(', ')}`),
    ...(await contender.books()),
    ...ends.filter((how) => how !== 'ended with 0').map((how) => `told to stop, a worker ${how}`),
    ...chaos.problems,
  ];
  return {
    contender: run.name,
    seconds,
    figures,
    chaos: chaos.done,
    ownEnds: crew.ownEnds,
    requests: await world.sandbox.requests(),
    neighbour: neighbourTasks,
    acceptedLost,
    wrong:
      wrong.length > SENTENCES_MAX
        ? [...wrong.slice(0, SENTENCES_MAX), `and ${wrong.length - SENTENCES_MAX} more`]
        : wrong,
    stories: guilty.map((row) => row.story),
  };
};
