// The state of the installation as metrics: the same numbers from every worker, so take their `max`, not their `sum`.
import { MICRO_PER_UNIT, type MoneyMicro } from '@outpaint/shared/contract/money';
import { Counter, Gauge, Registry } from 'prom-client';
import type { SharedState } from './shared-state.ts';

const units = (byCurrency: Readonly<Record<string, MoneyMicro>>): [string, number][] =>
  Object.entries(byCurrency).map(([currency, micro]) => [currency, micro / MICRO_PER_UNIT]);

/** As the settings of this worker have them. */
export interface LimitsSet {
  readonly slotsAllowed: number;
  readonly submitRate: number;
  readonly queryRate: number;
}

/**
 * A registry for one scrape. `null` means that Redis does not answer: then nothing of it is shown, rather than what was
 * true once or a 0 that would be a statement.
 */
export const stateMetrics = (state: SharedState | null, o: LimitsSet): Registry => {
  const registry = new Registry();
  const gauge = (name: string, help: string, value: number): void =>
    new Gauge({ name, help, registers: [registry] }).set(value);
  const gauges = (name: string, help: string, label: string, values: Iterable<[string, number]>): void => {
    const metric = new Gauge({ name, help, labelNames: [label], registers: [registry] });
    for (const [key, value] of values) metric.set({ [label]: key }, value);
  };

  gauge('outpaint_redis_up', '0 if Redis did not answer this scrape.', state === null ? 0 : 1);
  gauge('outpaint_slots_allowed', 'UPSTREAM_SLOTS and UPSTREAM_OVERHANG of this worker.', o.slotsAllowed);
  if (state === null) return registry;

  const { counts, line } = state;
  gauges('outpaint_rows', 'Rows of all batches, by status.', 'status', Object.entries(counts.rows));
  gauge('outpaint_batches_uncounted', 'Oldest batches, which rows and money leave out.', counts.uncounted);
  gauge('outpaint_slots_in_use', "The account's slots that a task or a doubt holds.", line.slotsInUse);
  gauge(
    'outpaint_line_halted',
    '1 while nothing is submitted: the account is refused, or Redis has gone back.',
    Number(line.state === 'halted'),
  );
  const { submitRate, slots, queryRate, cuts } = line.throttle;
  gauge(
    'outpaint_slots_in_force',
    'Slots that may be taken now; fewer than allowed after a 429.',
    slots?.inForce ?? o.slotsAllowed,
  );
  gauge(
    'outpaint_submit_rate_in_force',
    'Submits per second now; fewer than set after a 429.',
    submitRate?.inForce ?? o.submitRate,
  );
  gauge(
    'outpaint_query_rate_in_force',
    'Queries per second now; fewer than set after a 429.',
    queryRate?.inForce ?? o.queryRate,
  );
  gauges(
    'outpaint_throttle_cuts',
    'How often upstream made us slow down, once for each burst of refusals, ever.',
    'limit',
    [
      ['submit_rate', cuts.submitRate],
      ['slots', cuts.slots],
      ['query_rate', cuts.queryRate],
    ],
  );
  gauge(
    'outpaint_expiring',
    "Paid pictures past half of their link's life; while there is one nothing is submitted.",
    line.expiring,
  );
  gauge(
    'outpaint_redis_went_back',
    '1 while Redis does not know what it had confirmed, and nothing is submitted for it.',
    Number(line.wentBack !== null),
  );
  gauge(
    'outpaint_unknown_tasks',
    'Tasks of the time that Redis has lost that no row knows.',
    line.wentBack?.unknownCount ?? 0,
  );
  gauge('outpaint_doubts', 'Submits in doubt: perhaps paid, not repeated while nobody knows.', line.doubts);
  gauge('outpaint_doubts_held', 'Of them, those that wait for a person.', counts.held);
  gauge('outpaint_suspected_duplicates', 'Tasks that are probably one too many: alert.', state.suspects);
  gauge(
    'outpaint_oldest_undelivered_age_seconds',
    'Age of the oldest paid picture that is not delivered; 0 if there is none.',
    state.oldestUndeliveredMs / 1_000,
  );
  gauges('outpaint_dead_letters', 'Rows now dead-lettered, by code.', 'code', Object.entries(state.dead));
  gauge('outpaint_intake_letters', 'Letters of malformed intake jobs.', state.refusedIntake);
  gauges('outpaint_reserved', 'Money reserved by licences, in units.', 'currency', units(counts.reservedMicro));
  const spent = new Counter({
    name: 'outpaint_spend_total',
    help: 'Money spent by all batches, in units.',
    labelNames: ['currency'],
    registers: [registry],
  });
  for (const [currency, value] of units(counts.spentMicro)) spent.inc({ currency }, value);
  return registry;
};
