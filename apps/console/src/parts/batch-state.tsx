// How a batch stands, in one word and a colour that the word does without.
import type { Batch } from '../api/client.ts';
import { t, word } from '../text/locale.ts';

const wordsOf = (batch: Batch): string => {
  if (batch.run === 'paused') return t('pausedBy', { by: word(batch.paused_by ?? '') });
  if (batch.run !== 'running') return t(batch.run);
  return batch.state === 'finished' ? t('finished') : t('running');
};

export const BatchState = ({ batch }: { batch: Batch }) => (
  <span class={`state ${batch.run === 'running' ? (batch.state === 'finished' ? 'done' : 'go') : 'stop'}`}>
    {wordsOf(batch)}
  </span>
);
