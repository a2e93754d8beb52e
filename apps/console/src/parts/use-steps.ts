// Steps to the picture before or after: one that is asked for while its picture is on the way is taken when it arrives.
import { useLayoutEffect, useRef } from 'preact/hooks';

/** Null where there is nothing to step to. */
type Step = (() => void) | null;

export const useSteps = (busy: boolean, toPrevious: Step, toNext: Step): { toPrevious: Step; toNext: Step } => {
  /** Steps that wait: forward above 0, back below. */
  const asked = useRef(0);
  useLayoutEffect(() => {
    if (busy || asked.current === 0) return;
    const step = asked.current > 0 ? toNext : toPrevious;
    asked.current -= Math.sign(asked.current);
    if (step === null) asked.current = 0;
    else step();
  });
  if (!busy) return { toPrevious, toNext };
  const ask = (by: 1 | -1) => () => {
    asked.current += by;
  };
  return { toPrevious: ask(-1), toNext: ask(1) };
};
