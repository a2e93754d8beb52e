// Reads Prometheus' text format as strictly as promtool does, so that a metric that a scraper would refuse fails a test.

export interface Exposition {
  /** Of exactly these labels; undefined where there is no such series. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
  /** All series of a name, by the value of one label. */
  by(name: string, label: string): Record<string, number>;
  readonly families: ReadonlyMap<string, Family>;
  readonly series: readonly Series[];
}

export interface Family {
  readonly type: string;
  readonly help: string;
}

interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const CONTENT_TYPE = /^text\/plain; version=0\.0\.4(; charset=utf-8)?$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;
const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped'];
const NUMBER = /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|NaN|[+-]Inf)$/;

const labelsOf = (text: string): Record<string, string> => {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const at = LABEL.lastIndex;
    const found = LABEL.exec(text);
    if (found === null) throw new Error(`not a label: ${text.slice(at)}`);
    const [, name = '', value = ''] = found;
    if (name in labels) throw new Error(`label ${name} twice: ${text}`);
    labels[name] = value;
  }
  return labels;
};

const numberOf = (text: string): number => {
  if (!NUMBER.test(text)) throw new Error(`not a number: ${text}`);
  return Number(text.replace('Inf', 'Infinity'));
};

const keyOf = (labels: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

const familyNameOf = (name: string, families: ReadonlyMap<string, Family>): string =>
  families.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, '');

const checkHistogram = (name: string, series: readonly Series[]): void => {
  for (const { labels, value } of series.filter((one) => one.name === `${name}_count`)) {
    const buckets = series.filter(
      (one) => one.name === `${name}_bucket` && keyOf({ ...one.labels, le: '' }) === keyOf({ ...labels, le: '' }),
    );
    const counts = buckets.map((one) => one.value);
    if (buckets.at(-1)?.labels.le !== '+Inf' || counts.at(-1) !== value)
      throw new Error(`${name}: +Inf is not the count`);
    if (counts.some((count, i) => count < (counts[i - 1] ?? 0))) throw new Error(`${name}: buckets do not add up`);
  }
};

/** Our own metrics only: those of the runtime have the names that Prometheus gave them. */
const checkName = (name: string, { type }: Family): void => {
  if (!name.startsWith('outpaint_')) return;
  if ((type === 'counter') !== name.endsWith('_total')) throw new Error(`${name}: only counters end with _total`);
  if (/_(?:ms|milliseconds|minutes|kb|mb)(?:_|$)/.test(name)) throw new Error(`${name} has no base unit`);
};

export const readExposition = (text: string, contentType: string): Exposition => {
  if (!CONTENT_TYPE.test(contentType)) throw new Error(`content type ${contentType}`);
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, Family>();
  const helps = new Map<string, string>();
  const series: Series[] = [];
  const seen = new Set<string>();
  let current = '';
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const comment = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line);
    if (comment !== null) {
      const [, what, name = '', rest = ''] = comment;
      if (what === 'HELP') {
        if (helps.has(name)) throw new Error(`${name} has two HELP lines`);
        helps.set(name, rest);
        continue;
      }
      if (families.has(name) || !TYPES.includes(rest)) throw new Error(`bad TYPE: ${line}`);
      families.set(name, { type: rest, help: helps.get(name) ?? '' });
      current = name;
      continue;
    }
    const [, name = '', labelText = '', value = ''] = SAMPLE.exec(line) ?? [];
    if (name === '') throw new Error(`not a sample: ${line}`);
    if (familyNameOf(name, families) !== current) throw new Error(`${name} stands among ${current}`);
    const labels = labelsOf(labelText);
    const key = `${name}${keyOf(labels)}`;
    if (seen.has(key)) throw new Error(`twice: ${line}`);
    seen.add(key);
    series.push({ name, labels, value: numberOf(value) });
  }
  for (const [name, family] of families) {
    if (family.help === '') throw new Error(`${name} has no HELP`);
    checkName(name, family);
    if (family.type === 'histogram') checkHistogram(name, series);
  }
  return {
    families,
    series,
    value: (name, labels = {}) => series.find((one) => one.name === name && keyOf(one.labels) === keyOf(labels))?.value,
    by: (name, label) =>
      Object.fromEntries(series.filter((one) => one.name === name).map((one) => [one.labels[label] ?? '', one.value])),
  };
};
