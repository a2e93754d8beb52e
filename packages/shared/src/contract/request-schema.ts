// The request's shape as one zod schema, from which OpenAPI and the queue's JSON Schema are made.
// Checking is `parseRequest`'s work, which names field, value, range and remedy; a test holds the two together.
import { z } from 'zod';
import { BATCH_NAME_ALLOWED } from './ids.ts';
import { OUTPUT_KEY_ALLOWED, OUTPUT_KEY_BYTES_MAX } from './output-key.ts';
import { PARAMETER_NAMES, PARAMETER_RULES, type ParameterName } from './parameters.ts';
import { CUSTOM_ID_ALLOWED } from './request.ts';
import { SOURCE_ALLOWED, SOURCE_CHARS_MAX } from './source.ts';

const parameterSchema = (name: ParameterName): z.ZodType => {
  const { schema, allowed, default: byDefault } = PARAMETER_RULES[name];
  return schema.optional().meta({ description: `${allowed}; left out: ${JSON.stringify(byDefault)}` });
};

export const parametersSchema = z
  .strictObject(Object.fromEntries(PARAMETER_NAMES.map((name) => [name, parameterSchema(name)])))
  .meta({
    id: 'Parameters',
    description:
      "The API's own parameters. output_ratio beats x_scale and y_scale, which beat the offsets; angle goes with any. What would be ignored is not sent and is named in a warning.",
  });

/** One expansion: an HTTP body, a manifest row, the data of an intake job. */
export const expansionRequestSchema = z
  .strictObject({
    v: z.literal(1).optional().meta({ description: 'version of this layout' }),
    custom_id: z
      .string()
      .min(1)
      .max(256)
      .optional()
      .meta({ description: `your name of it, unique in its batch: ${CUSTOM_ID_ALLOWED}; required in a batch` }),
    batch: z.string().min(1).max(128).optional().meta({ description: BATCH_NAME_ALLOWED }),
    source: z.string().min(1).max(SOURCE_CHARS_MAX).meta({ description: SOURCE_ALLOWED }),
    parameters: parametersSchema.optional(),
    output_key: z
      .string()
      .min(1)
      .max(OUTPUT_KEY_BYTES_MAX)
      .optional()
      .meta({ description: `where the picture goes: ${OUTPUT_KEY_ALLOWED}; otherwise <batch>/<custom_id>.jpg` }),
  })
  .meta({
    id: 'ExpansionRequest',
    description:
      'One picture to be extended. The same batch and custom_id with the same content is the same expansion.',
  });
