// Parameters as fields, by the rules that the server applies: what has no effect is greyed and says why.
import { effectiveParameters } from '@outpaint/shared/contract/modes';
import {
  OUTPUT_RATIOS,
  PARAMETER_NAMES,
  type ParameterName,
  type Parameters,
} from '@outpaint/shared/contract/parameters';
import { t } from '../text/locale.ts';

const FLAGS: readonly ParameterName[] = ['best_quality', 'limit_image_size', 'add_watermark'];
/** Fractions; all others are whole numbers. */
const SCALES: readonly ParameterName[] = ['x_scale', 'y_scale'];
const LEAST: Partial<Record<ParameterName, number>> = { x_scale: 1, y_scale: 1 };
const MOST: Partial<Record<ParameterName, number>> = { angle: 359, x_scale: 3, y_scale: 3 };

/** Names that an other parameter takes precedence over, whether they are set or not. */
const idleNames = (parameters: Parameters): readonly ParameterName[] => {
  const { mode } = effectiveParameters(parameters);
  const offsets = PARAMETER_NAMES.filter((name) => name.endsWith('_offset'));
  return mode === 'ratio' ? [...SCALES, ...offsets] : mode === 'scale' ? offsets : [];
};

interface FieldProps {
  readonly name: ParameterName;
  readonly parameters: Parameters;
  readonly idle: boolean;
  readonly change: (name: ParameterName, value: unknown) => void;
}

const Field = ({ name, parameters, idle, change }: FieldProps) => {
  const why = t(effectiveParameters(parameters).mode === 'ratio' ? 'ignoredBecauseRatio' : 'ignoredBecauseScale');
  if (FLAGS.includes(name)) {
    return (
      <label class="tick">
        <input
          type="checkbox"
          checked={parameters[name] === true}
          onChange={(event) => change(name, event.currentTarget.checked)}
        />
        <code>{name}</code>
      </label>
    );
  }
  if (name === 'output_ratio') {
    return (
      <label>
        <code>{name}</code>
        <select value={parameters.output_ratio ?? ''} onChange={(event) => change(name, event.currentTarget.value)}>
          {OUTPUT_RATIOS.map((ratio) => (
            <option key={ratio} value={ratio}>
              {ratio === '' ? t('original') : ratio}
            </option>
          ))}
        </select>
      </label>
    );
  }
  const scale = SCALES.includes(name);
  return (
    <label class={idle ? 'idle' : undefined}>
      <code>{name}</code>
      <input
        type="number"
        step={scale ? 0.1 : 1}
        min={LEAST[name] ?? 0}
        max={MOST[name]}
        value={String(parameters[name] ?? (scale ? 1 : 0))}
        disabled={idle}
        aria-describedby={idle ? `${name}-why` : undefined}
        onInput={(event) => change(name, Number(event.currentTarget.value))}
      />
      {idle && <small id={`${name}-why`}>{why}</small>}
    </label>
  );
};

export const ParameterForm = ({
  parameters,
  change,
}: {
  parameters: Parameters;
  change: (next: Parameters) => void;
}) => {
  const idle = idleNames(parameters);
  return (
    <fieldset class="parameters">
      <legend>{t('parameters')}</legend>
      {PARAMETER_NAMES.map((name) => (
        <Field
          key={name}
          name={name}
          parameters={parameters}
          idle={idle.includes(name)}
          change={(field, value) => change({ ...parameters, [field]: value })}
        />
      ))}
    </fieldset>
  );
};
