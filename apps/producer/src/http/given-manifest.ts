// The manifest of a call: what it sends as its body, or the object or listing that its body names.
import type { BatchName } from '@outpaint/shared/contract/ids';
import { expansionRequestSchema } from '@outpaint/shared/contract/request-schema';
import type { FastifyRequest } from 'fastify';
import type { FastifyRouteSchemaDef } from 'fastify/types/schema.js';
import { validatorCompiler } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MANIFEST_FORMATS } from '../manifest/manifest-format.ts';
import { type Manifest, spooledManifest } from '../manifest/open-manifest.ts';
import { readShape } from '../manifest/row-shape.ts';
import { HttpProblem } from './problem.ts';
import type { ServerContext } from './server-context.ts';
import { FORMAT_OF_TYPE, typeOf, uploadOf } from './upload.ts';

const PAIRS_MAX = 40;
const PAIR_CHARS_MAX = 300;

const pairs = z.array(z.string().max(PAIR_CHARS_MAX)).max(PAIRS_MAX);
/** A query names a parameter once or several times. */
const oneOrMore = z.union([z.string().max(PAIR_CHARS_MAX), pairs]).optional();

/** The CLI's `--map` and `--set`. */
export const shapeQuery = {
  map: oneOrMore.meta({ description: 'a column that holds a field of ours, such as source=image_link; once for each' }),
  set: oneOrMore.meta({ description: 'a parameter of rows that give none, such as output_ratio=16:9; once for each' }),
};

export const manifestPlaceSchema = z
  .strictObject({
    manifest: z
      .string()
      .max(2_048)
      .startsWith('s3://')
      .meta({ description: 's3://bucket/key, gzip too, or s3://bucket/prefix/ for all pictures there' }),
    format: z.enum(MANIFEST_FORMATS).optional().meta({ description: 'otherwise as the key ends' }),
    map: pairs.optional(),
    set: pairs.optional(),
  })
  .meta({ id: 'ManifestLocation', description: 'where a manifest lies' });

/** For the document alone: what a body says is checked as it is read. */
export const manifestBody = z.union([
  z.string().meta({ description: 'CSV or JSONL, as its media type says' }),
  z.array(expansionRequestSchema),
  manifestPlaceSchema,
]);
export const MANIFEST_TYPES = [...Object.keys(FORMAT_OF_TYPE), 'application/json'];

/** Checks everything of a call but its manifest. */
export const allButBody = (route: FastifyRouteSchemaDef<unknown>) =>
  route.httpPart === 'body'
    ? (value: unknown) => ({ value })
    : validatorCompiler(route as FastifyRouteSchemaDef<z.ZodType>);

interface Shaped {
  readonly map?: string | string[] | undefined;
  readonly set?: string | string[] | undefined;
}

const listed = (given: string | string[] | undefined): string[] => (given === undefined ? [] : [given].flat());

const isPlace = (body: unknown): body is object =>
  typeof body === 'object' && body !== null && !Array.isArray(body) && 'manifest' in body;

const placeOf = (body: object): z.infer<typeof manifestPlaceSchema> => {
  const read = manifestPlaceSchema.safeParse(body);
  if (read.success) return read.data;
  throw new HttpProblem('request_invalid', 'The body does not say where a manifest lies.', {
    errors: read.error.issues.map(({ path, message }) => ({ field: path.join('.'), value: undefined, message })),
  });
};

/** Whoever asks for it closes it. Throws problems, and what reading a store or a body throws. */
export const givenManifest = async (
  context: ServerContext,
  request: FastifyRequest,
  { batch, query }: { readonly batch: BatchName; readonly query: Shaped },
): Promise<Manifest> => {
  const { body, headers } = request;
  if (!isPlace(body)) {
    const shape = readShape(listed(query.map), listed(query.set));
    const max = context.settings.http.httpUploadBytesMax;
    return spooledManifest(await uploadOf(body, typeOf(request), headers['content-encoding'], { max, shape }));
  }
  // The server reads with its own rights: whoever is kept to some batches must not see by it what is others'.
  if (context.callerOf(request).batchPrefix !== '')
    throw new HttpProblem('scope_missing', 'A token with a batch prefix sends its manifests along.');
  const { manifest: address, format, map = [], set = [] } = placeOf(body);
  const shape = readShape([...listed(query.map), ...map], [...listed(query.set), ...set]);
  const found = await context.openManifest(address, { shape, batch, ...(format === undefined ? {} : { format }) });
  if (found !== null) return found;
  throw new HttpProblem('request_invalid', `There is nothing at ${address}.`, {
    errors: [{ field: 'manifest', value: address, message: 'is not there' }],
  });
};
