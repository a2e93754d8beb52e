import { describe, expect, it } from 'vitest';
import { batchLike, lineLike } from '../view/batch-like.test-support.ts';
import { progressText, turnTexts } from './progress-text.ts';

const HALTED = lineLike({ state: 'halted', code: 'Arrearage', message: 'Overdue payment.' });

describe('the progress line', () => {
  it('says done, failed, in doubt, at work, waiting, money and rate', () => {
    const batch = batchLike({
      counts: {
        accepted: 840,
        submitting: 1,
        submitted: 4,
        generated: 2,
        delivered: 1_150,
        dead_lettered: 2,
        in_doubt: 1,
      },
      held: 1,
      spentMicro: 207_360_000,
      budgetMicro: 360_000_000,
    });
    expect(progressText(batch, lineLike(), 11.32)).toBe(
      'spring: 1,150 of 2,000 done · 2 failed · 1 in doubt · 7 at work · 840 waiting · CNY 207.36 of CNY 360.00 spent · 11/min · about 1 h 15 min left',
    );
  });

  it('says nothing of a rate before there is one, and of a budget where there is none', () => {
    expect(progressText(batchLike({ counts: { accepted: 3 } }), lineLike(), null)).toBe(
      'spring: 0 of 3 done · 0 failed · 0 in doubt · 0 at work · 3 waiting · CNY 0.00 spent',
    );
  });

  it('puts a pause and a halted line before the counts, where a narrow terminal still shows them', () => {
    const batch = batchLike({ run: 'paused', pausedBy: 'budget', counts: { accepted: 3 } });
    expect(progressText(batch, HALTED, null)).toMatch(
      /^spring: 0 of 3 done · paused, its budget is reached · LINE HALTED \(Arrearage\) · 0 failed/,
    );
  });

  it('obeys no escape sequence that an upstream has put into a code', () => {
    expect(progressText(batchLike(), lineLike({ state: 'halted', code: '\u001b[2J' }), null)).not.toContain('\u001b');
  });
});

describe('the sentence for a turn', () => {
  const running = { batch: batchLike({ counts: { accepted: 3 } }), line: lineLike() };

  it('comes once for a pause, with the way out of it, and once when it is over', () => {
    const paused = {
      batch: batchLike({ run: 'paused', pausedBy: 'person', counts: { accepted: 3 } }),
      line: lineLike(),
    };
    expect(turnTexts(running, paused)).toEqual([
      'spring is paused by a person. outpaint batch resume spring lets it go on.',
    ]);
    expect(turnTexts(null, paused)).toHaveLength(1);
    expect(turnTexts(paused, paused)).toEqual([]);
    expect(turnTexts(paused, running)).toEqual(['spring goes on.']);
  });

  it('comes once for a halted line, with its reason, and once when it runs again', () => {
    const halted = { ...running, line: HALTED };
    expect(turnTexts(running, halted)).toEqual([
      expect.stringMatching(/halted by the account \(Arrearage\): Overdue payment\./),
    ]);
    expect(turnTexts(halted, halted)).toEqual([]);
    expect(turnTexts(halted, running)).toEqual(['The line runs again.']);
  });

  it('comes for new doubts only', () => {
    const doubts = (n: number) => ({ ...running, batch: batchLike({ counts: { in_doubt: n } }) });
    expect(turnTexts(doubts(1), doubts(3))).toEqual([expect.stringMatching(/^2 submits in doubt/)]);
    expect(turnTexts(null, doubts(3))).toEqual([]);
  });
});
