import { jobPlace } from '@dropforge/aws';
import { stagePattern } from '@dropforge/pipeline-state';
import { z } from 'zod';

/** `flowers=50, *=20` and the like: numbers by name, `*` for all others. */
function numbersByName(what: string, number: z.ZodType<number, string>) {
  return z
    .string()
    .prefault('')
    .transform((text, context) => {
      const parts = text.split(',').flatMap((part) => part.trim() || []);
      const pairs = parts.map((part) => {
        const at = part.lastIndexOf('=');
        const { data, success } = number.safeParse(part.slice(at + 1).trim());
        if (at < 1 || !success) context.addIssue({ code: 'custom', message: `"${part}" is not ${what}` });
        return [part.slice(0, at).trim(), data ?? 0] as const;
      });
      return new Map(pairs);
    });
}

/** The settings of this service's functions, by environment. */
export const Config = z.object({
  STAGE: z.string().regex(stagePattern),
  BUCKET_NAME: z.string().min(1),
  TABLE_NAME: z.string().min(1),
  BUS_NAME: z.string().min(1),
  TRAINING_ROLE_ARN: z.string().min(1),
  TRAINING_IMAGE_URI: z.string().min(1),
  /** For instances with a GPU; empty: the same image. */
  TRAINING_GPU_IMAGE_URI: z.string().prefault(''),
  /** Instances that each of the account's quotas allows at once, where it is not among `TRAINING_QUOTAS`. */
  TRAINING_SLOT_COUNT: z.coerce.number().int().positive(),
  /** By quota: `ml.g5.xlarge spot=4, ml.c7i.xlarge on-demand=8`. */
  TRAINING_QUOTAS: numbersByName('a quota, as in ml.g5.xlarge spot=4', z.coerce.number<string>().int().min(0)),
  /** US dollars a month by project, `*` for every other: `flowers=50, *=20`. Empty: no limit. */
  MONTHLY_BUDGETS_USD: numbersByName('a budget, as in flowers=50', z.coerce.number<string>().min(0).max(1e8)),
  ...jobPlace,
});
export type TrainingConfig = z.output<typeof Config>;

export function slotLimit({ TRAINING_QUOTAS, TRAINING_SLOT_COUNT }: TrainingConfig, quota: string): number {
  return TRAINING_QUOTAS.get(quota) ?? TRAINING_SLOT_COUNT;
}

/** US dollars that a project may spend in a month; undefined: no limit. */
export function monthlyBudget({ MONTHLY_BUDGETS_USD }: TrainingConfig, project: string): number | undefined {
  return MONTHLY_BUDGETS_USD.get(project) ?? MONTHLY_BUDGETS_USD.get('*');
}
