import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  type DatasetFacts,
  explain,
  formatFault,
  type ParsedRecipe,
  type ParseResult,
  parseRecipe,
  resolveRecipe,
} from '@dropforge/recipe';
import { pricesIn } from '@dropforge/recipe/cost';
import { CliError } from '../cli-error.ts';
import { type Context, report } from '../context.ts';
import { faultReasons } from '../drop/recipe-faults.ts';
import { formatCount } from '../terminal/text.ts';

/** `dropforge recipe check <file>`: every fault with its line and the nearest valid value. */
export async function checkRecipeFile(context: Context, given: string): Promise<'ok' | 'refused'> {
  const result = await parseFile(context, given);
  const faults = result.ok ? [] : result.faults;
  if (!result.ok && !context.json) throw invalid(given, result);
  report(context, { file: given, faults }, () => context.screen.line(`${given} has no faults.`, 'good'));
  return result.ok ? 'ok' : 'refused';
}

export interface ExplainOptions {
  readonly classes: number;
  readonly trainImages: number;
  readonly validationImages: number;
  /** Whose prices count. */
  readonly region?: string;
}

/** `dropforge recipe explain <file>`: what every value will be, and why, for a dataset of a given size. */
export async function explainRecipe(
  context: Context,
  given: string,
  options: ExplainOptions,
): Promise<'ok' | 'refused'> {
  const parsed = await readRecipe(context, given);
  const facts: DatasetFacts = {
    digest: '0'.repeat(64),
    classes: Array.from({ length: options.classes }, (_, label) => `class-${label}`),
    trainImages: options.trainImages,
    validationImages: options.validationImages,
  };
  const region = options.region ?? context.environment.AWS_REGION ?? '';
  const resolution = resolveRecipe(parsed, facts, pricesIn(region, 'training'));
  const { dataset: _, ...values } = resolution.resolved;
  const { explanation, faults, warnings, cost } = resolution;
  report(context, { file: given, values, explanation, faults, warnings, cost }, () => {
    context.screen.line(
      `For ${formatCount(options.classes, 'class', 'classes')}, ${options.trainImages.toLocaleString('en')} training and ${options.validationImages.toLocaleString('en')} held-out images:`,
    );
    context.screen.line();
    for (const line of explain(resolution).trimEnd().split('\n')) context.screen.line(line);
    for (const fault of faults) context.screen.line(formatFault(fault, parsed.fileName), 'bad');
  });
  return faults.length > 0 ? 'refused' : 'ok';
}

async function readRecipe(context: Context, given: string): Promise<ParsedRecipe> {
  const result = await parseFile(context, given);
  if (result.ok) return result.parsed;
  throw invalid(given, result);
}

async function parseFile({ directory }: Context, given: string): Promise<ParseResult> {
  const text = await readFile(path.resolve(directory, given), 'utf8');
  return parseRecipe(text, { fileName: path.basename(given) });
}

function invalid(where: string, { faults, fileName }: Extract<ParseResult, { ok: false }>): CliError {
  const reasons = faultReasons(faults, fileName);
  return new CliError('refused', 'RECIPE_INVALID', `The recipe has ${formatCount(faults.length, 'fault')}.`, {
    where,
    reasons,
  });
}
