// What was asked for, as far as it has an effect: what another parameter takes precedence over is left out.
import { effectiveParameters } from '@outpaint/shared/contract/modes';
import type { Parameters } from '@outpaint/shared/contract/parameters';
import { t } from '../text/locale.ts';

export const ParameterWords = ({ parameters }: { parameters: Parameters }) => (
  <ul class="parameter-words" aria-label={t('parameters')}>
    {Object.entries(effectiveParameters(parameters).sent).map(([name, value]) => (
      <li key={name}>
        <code>
          {name} {String(value)}
        </code>
      </li>
    ))}
  </ul>
);
