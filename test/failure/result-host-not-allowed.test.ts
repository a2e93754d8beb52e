// A result on a host or address that the settings do not allow: dead-lettered unseen, delivered once the setting is right.
import { expect, it } from 'vitest';
import { redriveRow } from '../support/redrive-row.ts';
import { expectBooksBalance, handIn, namesOf, storyOf } from '../support/row-story.ts';
import { startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';

it.each([
  ['RESULT_HOSTS_ALLOWED', 'aliyuncs.com', 'result_host_not_allowed'],
  ['RESULT_ADDRESSES_ALLOWED', '192.0.2.0/24', 'result_address_forbidden'],
])(
  '%s=%s: %s, nothing is fetched, and after mending it a redrive delivers without a second submit',
  async (name, value, code) => {
    const stack = await startStack();
    const strict = await stack.startWorker({ env: { [name]: value } });
    const names = namesOf('row', 3);
    await handIn(stack, names);
    await stack.waitUntilFinished(BATCH);
    expect((await expectBooksBalance(stack)).counts.dead_lettered).toBe(3);
    for (const row of names) {
      const { letter, record, billed } = await storyOf(stack, row);
      expect(letter).toMatchObject({ stage: 'deliver', code, class: 'permanent' });
      expect(record.billed).toBe('yes');
      expect(billed).toBe(1);
      // A signature is a secret while it lasts: neither the letter nor the log shows it.
      expect(JSON.stringify(letter)).not.toContain('Signature=');
    }
    expect(strict.stderr()).not.toContain('Signature=');
    expect(stack.sandbox.log.count('result')).toBe(0);
    await strict.kill('SIGTERM');

    const mended = await stack.startWorker();
    for (const row of names) {
      expect(await redriveRow(stack, row)).toMatchObject({ kind: 'redrive', from: 'generated', paysAgain: false });
    }
    await stack.waitUntilFinished(BATCH);
    expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: 3, dead_lettered: 0 });
    expect(stack.sandbox.ledger.submits()).toBe(3);
    expect(await stack.keysInBucket()).toHaveLength(3);
    await mended.kill('SIGTERM');
  },
);
