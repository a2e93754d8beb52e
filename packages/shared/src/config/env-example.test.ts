// The example file and the settings table say the same.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { envExample } from './env-example.ts';
import type { Setting } from './setting-kinds.ts';
import { readSettings } from './settings.ts';
import { SETTINGS_PARTS, SETTINGS_TABLE } from './settings-table.ts';

const file = new URL('../../../../.env.example', import.meta.url);

test('.env.example is what the settings table says (write it anew with vitest -u)', async () => {
  await expect(envExample()).toMatchFileSnapshot(file.pathname);
});

test('.env.example names every variable once, with its meaning, unit, default and bound', () => {
  const text = readFileSync(file, 'utf8');
  for (const part of SETTINGS_PARTS) {
    for (const [name, setting] of Object.entries<Setting>(SETTINGS_TABLE[part])) {
      expect(text.match(new RegExp(`^(# )?${name}=`, 'gm')), name).toHaveLength(1);
      const paragraph = text.split('\n\n').find((each) => new RegExp(`^(# )?${name}=`, 'm').test(each));
      for (const fact of [setting.doc, setting.unit, setting.allowed]) expect(paragraph, name).toContain(fact);
    }
  }
});

test('what .env.example shows as defaults is accepted and changes nothing', () => {
  const shown: Record<string, string> = {};
  for (const [, name = '', value = ''] of readFileSync(file, 'utf8').matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=(.*)$/gm))
    shown[name] = value;
  const needed = { DASHSCOPE_API_KEY: 'sk-0123456789', OUTPAINT_BUCKET: 'pictures' };
  const fromFile = readSettings({ ...shown, ...needed }, SETTINGS_PARTS);
  const fromNothing = readSettings(needed, SETTINGS_PARTS);
  expect(fromFile.ok && fromFile.settings).toEqual(fromNothing.ok && fromNothing.settings);
  expect(fromNothing.ok).toBe(true);
});
