import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseRecipe, resolveRecipe } from '@dropforge/recipe';
import { CliError } from '../cli-error.ts';
import { type Context, report } from '../context.ts';
import { examine } from '../doctor/examine.ts';
import type { Finding } from '../doctor/finding.ts';
import { createPatient, type TrainingPlan } from '../doctor/patient.ts';
import { faultReasons } from '../drop/recipe-faults.ts';
import { formatCount } from '../terminal/text.ts';

export interface DoctorOptions {
  readonly recipe?: string;
}

const marks = { ok: '✓', skipped: '–', failed: '✗' } as const;
const styles = { ok: 'good', skipped: 'quiet', failed: 'bad' } as const;

/** `dropforge doctor`: is the deployment fit to work, and if not, what to do. */
export async function doctor(context: Context, { recipe }: DoctorOptions): Promise<'ok' | 'refused'> {
  const training = await readPlan(context, recipe);
  const { cloud, api } = await context.connect();
  const patient = createPatient(cloud, api, training, context.now);
  if (!context.json) context.screen.line(`Looking at ${cloud.name}`);
  const findings = await examine(patient, (finding) => {
    if (!context.json) tell(context, finding);
  });
  const failures = findings.filter(({ status }) => status === 'failed').length;
  report(context, { healthy: failures === 0, findings }, () => {
    const message = failures === 0 ? 'Nothing is wrong.' : `${formatCount(failures, 'thing')} to see to.`;
    context.screen.line(message, failures === 0 ? 'good' : 'bad');
  });
  return failures === 0 ? 'ok' : 'refused';
}

function tell({ screen }: Context, { check, status, message, action }: Finding): void {
  screen.line(`${marks[status]} ${check.padEnd(12)}  ${message}`, styles[status]);
  if (action) screen.line(`  ${' '.repeat(12)}  do: ${action}`);
}

/** What the recipe asks of SageMaker; without one, what a recipe asks that says nothing about it. */
async function readPlan({ directory }: Context, file: string | undefined): Promise<TrainingPlan> {
  const text = file ? await readFile(path.resolve(directory, file), 'utf8') : '';
  const result = parseRecipe(text, { fileName: file ? path.basename(file) : 'recipe.yaml' });
  if (!result.ok) {
    throw new CliError('refused', 'RECIPE_INVALID', 'The recipe has faults.', {
      where: file,
      reasons: faultReasons(result.faults, result.fileName),
    });
  }
  const classes = ['a', 'b'];
  const facts = { digest: '0'.repeat(64), classes, trainImages: 50_000, validationImages: 10_000 };
  return resolveRecipe(result.parsed, facts).resolved.training;
}
