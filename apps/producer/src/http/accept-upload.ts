// An upload's way into a batch, with refusals as problem details that name each line.
import { type AcceptedManifest, acceptManifest, type ManifestTerms } from '../accept/accept-manifest.ts';
import type { ManifestRow } from '../manifest/manifest-row.ts';
import { fieldErrors, HttpProblem } from './problem.ts';
import type { ServerContext } from './server-context.ts';

const CODE_OF = {
  no_rows: 'manifest_invalid',
  bad_rows: 'manifest_invalid',
  conflicts: 'expansion_conflict',
  cancelled: 'batch_cancelled',
  stopped: 'stopping',
} as const;

/** Safe to repeat, also after it was cut off in the middle: known rows cost nothing again. */
export const acceptUpload = async (
  { stores, settings, stopping }: ServerContext,
  manifest: { rows(): AsyncIterable<ManifestRow> },
  terms: ManifestTerms,
): Promise<Extract<AcceptedManifest, { kind: 'accepted' }>> => {
  const answer = await acceptManifest({ stores, price: settings.price, stop: stopping }, manifest, terms);
  if (answer.kind === 'accepted') return answer;
  throw new HttpProblem(CODE_OF[answer.why], answer.message, {
    rows: answer.rows.map(({ line, problems, text }) => ({
      line,
      errors: fieldErrors(problems),
      ...(text === undefined ? {} : { text }),
    })),
  });
};
