// The server's own OpenAPI document: its operations, and whether an answer is one that it promises.
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formatsPlugin from 'ajv-formats';

export interface Operation {
  readonly id: string;
  readonly method: string;
  /** With `{name}` where a parameter goes. */
  readonly path: string;
  readonly statuses: readonly number[];
  /** What must stand in it, with the first value that is allowed; empty where nothing must. */
  readonly query: string;
  readonly takesBody: boolean;
  /** Answered to anybody. */
  readonly isOpen: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface Schemas {
  readonly content?: Record<string, { schema?: object }>;
}
interface Described {
  readonly operationId: string;
  readonly requestBody?: unknown;
  readonly parameters?: readonly {
    readonly in: string;
    readonly name: string;
    readonly required?: boolean;
    readonly schema: { readonly enum?: readonly string[] };
  }[];
  readonly responses: Record<string, Schemas>;
}

export const askServer = async (url: string, init: RequestInit = {}): Promise<Answer> => {
  const answer = await fetch(url, { redirect: 'manual', ...init });
  const { status, headers } = answer;
  // A stream of events may never end; that it began is its answer.
  if (headers.get('content-type')?.startsWith('text/event-stream')) {
    await answer.body?.cancel();
    return { status, headers, text: '' };
  }
  return { status, headers, text: await answer.text() };
};

const queryOf = ({ parameters = [] }: Described): string => {
  const must = parameters.filter((one) => one.in === 'query' && one.required === true);
  const pairs = must.map(({ name, schema }) => [name, schema.enum?.[0] ?? '1']);
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
};

export const readDocument = async (address: string) => {
  const document = JSON.parse((await askServer(`${address}/openapi.json`)).text) as {
    openapi: string;
    components?: object;
    paths: Record<string, Record<string, Described>>;
  };
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formatsPlugin.default(ajv);
  ajv.addSchema({ $id: 'document', components: document.components ?? {} });
  const validators = new Map<string, ValidateFunction>();
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const operations = described.map(
    ({ path, method, operation }): Operation => ({
      id: operation.operationId,
      method,
      path,
      statuses: Object.keys(operation.responses).map(Number),
      query: queryOf(operation),
      takesBody: operation.requestBody !== undefined,
      isOpen: operation.responses['401'] === undefined,
    }),
  );
  /** What is wrong with an answer, by the document; null if nothing is. */
  const wrongWith = (id: string, { status, headers, text }: Answer): string | null => {
    const found = described.find(({ operation }) => operation.operationId === id)?.operation.responses[status];
    if (found === undefined) return `${id} answered ${status}, which is not documented: ${text.slice(0, 300)}`;
    const isJson = /[/+]json(;|$)/.test(headers.get('content-type') ?? '');
    const schema = Object.entries(found.content ?? {}).find(([type]) => type.includes('json'))?.[1].schema;
    if (!isJson || schema === undefined) return null;
    const key = `${id} ${status}`;
    const rebased = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')) as object;
    const validate = validators.get(key) ?? ajv.compile(rebased);
    validators.set(key, validate);
    if (validate(JSON.parse(text))) return null;
    return `${key}: ${ajv.errorsText(validate.errors)} in ${text.slice(0, 500)}`;
  };
  return { document, operations, wrongWith };
};

/** A path with something that may stand in the place of each parameter. */
export const filled = (path: string, values: Readonly<Record<string, string>> = {}): string =>
  path.replace(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(values[name] ?? 'none'));
