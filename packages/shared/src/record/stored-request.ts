// The request as Redis keeps it, a million times over: what follows from the rest is left out. Pure.
import { defaultOutputKey } from '../contract/output-key.ts';
import type { ExpansionRequest } from '../contract/request.ts';

/**
 * What a switch that is left out means in version 1. Not the contract's own table: a default that changes there must
 * not change what rows mean that wait already. The same is true of the output key's rule.
 */
const LEFT_OUT = { best_quality: false, limit_image_size: true, add_watermark: true } as const;

/** Two equal requests give the same text. Never changed for a version: the text tells whether a row is handed in again. */
export const storedText = ({ parameters, output_key: outputKey, ...others }: ExpansionRequest): string => {
  const kept = Object.entries(parameters).filter(([name, value]) => LEFT_OUT[name as keyof typeof LEFT_OUT] !== value);
  const isDefaultKey = outputKey === defaultOutputKey(others.batch, others.custom_id);
  return JSON.stringify({
    ...others,
    parameters: Object.fromEntries(kept),
    ...(isDefaultKey ? {} : { output_key: outputKey }),
  });
};

/** Undoes {@link storedText}, with all keys in their order. Throws a SyntaxError for what is no JSON. */
export const requestOfText = (text: string): ExpansionRequest => {
  const { parameters, output_key: outputKey, ...others } = JSON.parse(text) as ExpansionRequest;
  const { best_quality, limit_image_size, add_watermark, ...shape } = { ...LEFT_OUT, ...parameters };
  return {
    ...others,
    parameters: { ...shape, best_quality, limit_image_size, add_watermark },
    output_key: outputKey ?? defaultOutputKey(others.batch, others.custom_id),
  };
};
