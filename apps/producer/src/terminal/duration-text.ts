// A length of time in the two largest units that a person cares about.

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `40 s`, `7 min`, `2 h 10 min`, `6 days 3 h`. */
export const durationText = (seconds: number): string => {
  if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < HOUR) return `${Math.round(seconds / MINUTE)} min`;
  const [large, small, names] =
    seconds < DAY ? ([HOUR, MINUTE, ['h', 'min']] as const) : ([DAY, HOUR, ['day', 'h']] as const);
  const rounded = Math.round(seconds / small) * small;
  const whole = Math.floor(rounded / large);
  const rest = Math.round((rounded % large) / small);
  const unit = names[0] === 'day' && whole !== 1 ? 'days' : names[0];
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${names[1]}`;
};
