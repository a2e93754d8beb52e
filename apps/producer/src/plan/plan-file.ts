// A plan as a file that somebody can approve: bound to the manifest, the price and the settings, and checked before it is run.
import type { Environment } from '@outpaint/shared/config/settings';
import { formatMoney, type MoneyMicro } from '@outpaint/shared/contract/money';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import { z } from 'zod';

const planFileSchema = z.strictObject({
  v: z.literal(1),
  manifest: z.strictObject({
    path: z.string().min(1),
    format: z.string().nullable(),
    map: z.array(z.string()),
    set: z.array(z.string()),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  batch: z.string().min(1),
  rows: z.strictObject({ good: z.int().min(0), bad: z.int().min(0) }),
  price: z.strictObject({ amount: z.string(), per_image: z.string(), currency: z.string() }),
  /** By the variable's name; null where it was not set. */
  settings: z.record(z.string(), z.string().nullable()),
});
export type PlanFile = z.infer<typeof planFileSchema>;

/** What decides whom is paid, and where rows and pictures go. None is a secret. */
const BOUND_SETTINGS = ['DASHSCOPE_BASE_URL', 'OUTPAINT_NAMESPACE', 'OUTPAINT_BUCKET', 'OUTPAINT_KEY_PREFIX'] as const;

const amountOf = (money: MoneyMicro): string => formatMoney(money, '').trim();

export const boundSettings = (env: Environment): PlanFile['settings'] =>
  Object.fromEntries(
    BOUND_SETTINGS.map((name) => {
      const value = env[name]?.trim() ?? '';
      return [name, value === '' ? null : value];
    }),
  );

export const boundPrice = (good: number, each: MoneyMicro, currency: string): PlanFile['price'] => ({
  amount: amountOf(good * each),
  per_image: amountOf(each),
  currency,
});

/** Throws `plan_file_invalid`. */
export const readPlanFile = (text: string, path: string): PlanFile => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  const parsed = planFileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new OutpaintError(
    'plan_file_invalid',
    `${path} is no plan that outpaint plan --out has written${where === '' ? '' : ` (${where})`}.`,
  );
};

type Bound = Pick<PlanFile, 'settings' | 'price'> & { readonly sha256: string };

const shown = (value: string | null | undefined): string => (value === null || value === undefined ? 'nothing' : value);

/** A sentence for each thing that is not as it was planned. Pure. The amount is not compared: it follows from the rest. */
export const planDifferences = (plan: PlanFile, now: Bound): string[] => {
  const found: string[] = [];
  if (plan.manifest.sha256 !== now.sha256)
    found.push(
      `The manifest ${plan.manifest.path} has changed: its SHA-256 was ${plan.manifest.sha256} and is ${now.sha256}.`,
    );
  for (const name of ['per_image', 'currency'] as const) {
    if (plan.price[name] === now.price[name]) continue;
    const variable = name === 'currency' ? 'PRICE_CURRENCY' : 'PRICE_PER_IMAGE';
    found.push(`${variable} was ${plan.price[name]} and is ${now.price[name]}.`);
  }
  for (const name of new Set([...Object.keys(plan.settings), ...Object.keys(now.settings)])) {
    if ((plan.settings[name] ?? null) === (now.settings[name] ?? null)) continue;
    found.push(`${name} was ${shown(plan.settings[name])} and is ${shown(now.settings[name])}.`);
  }
  return found;
};

/** Throws `plan_changed`, naming every difference. */
export const demandAsPlanned = (differences: readonly string[]): void => {
  if (differences.length === 0) return;
  throw new OutpaintError(
    'plan_changed',
    `Not everything is as it was planned, so nothing was accepted. ${differences.join(' ')} Plan again.`,
  );
};
