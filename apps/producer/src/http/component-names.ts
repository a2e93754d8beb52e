// Names in the OpenAPI document: each schema once, under its own name, and none that nothing refers to.

type Json = Readonly<Record<string, unknown>>;

const PREFIX = '#/components/schemas/';
/** What the generator calls a schema as it is sent, beside its form in answers. */
const SENT = /Input$/;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

const refsIn = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(refsIn);
  if (!isObject(value)) return [];
  const { $ref } = value;
  const own = typeof $ref === 'string' && $ref.startsWith(PREFIX) ? [$ref.slice(PREFIX.length)] : [];
  return [...own, ...Object.values(value).flatMap(refsIn)];
};

const renamed = (value: unknown, names: ReadonlyMap<string, string>): unknown => {
  if (Array.isArray(value)) return value.map((each) => renamed(each, names));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      if (key !== '$ref' || typeof each !== 'string' || !each.startsWith(PREFIX)) return [key, renamed(each, names)];
      const name = each.slice(PREFIX.length);
      return [key, `${PREFIX}${names.get(name) ?? name}`];
    }),
  );
};

/** All that is reached from `roots`, themselves included. */
const reached = (roots: readonly string[], schemas: Json): Set<string> => {
  const found = new Set<string>();
  const look = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const next of refsIn(schemas[name])) look(next);
  };
  for (const root of roots) look(root);
  return found;
};

/**
 * The generator lists every schema twice, as it is sent and as it is answered. A client's author wants one of each: what
 * is only sent or only answered, or is the same both ways, stands under its plain name. What differs keeps both. Pure.
 */
export const withPlainNames = <Document extends object>(document: Document): Document => {
  const { components, ...rest } = document as { readonly components?: { readonly schemas?: Json } };
  const schemas = components?.schemas;
  if (schemas === undefined) return document;
  const used = reached(refsIn(rest), schemas);
  const sent = [...used].filter((name) => SENT.test(name));
  const plain = new Map(sent.map((name) => [name, name.replace(SENT, '')]));
  const isSame = (name: string, as: string): boolean =>
    JSON.stringify(renamed(schemas[name], plain)) === JSON.stringify(renamed(schemas[as], plain));
  const names = new Map([...plain].filter(([name, as]) => !used.has(as) || isSame(name, as)));
  const kept = [...used].sort().map((name) => [names.get(name) ?? name, renamed(schemas[name], names)]);
  return {
    ...(renamed(rest, names) as object),
    components: { ...components, schemas: Object.fromEntries(kept) },
  } as Document;
};
