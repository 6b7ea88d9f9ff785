import type { CostEstimate } from './cost/estimate-cost.ts';
import { oneOf, show } from './fault.ts';
import type { Resolution } from './resolve-recipe.ts';
import { describeSchedule, stepsOf } from './schedule.ts';

/** The decided values as a table for a terminal, with who decided each and why, then the warnings. */
export function explain({ resolved, explanation, warnings, cost }: Resolution): string {
  const rows = explanation.map(({ path, value, from, why }) => [path, brief(value), from, why]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const { budget, schedule, batchSize, dataset, training } = resolved;
  const steps = stepsOf(budget, dataset.trainImages, batchSize);
  const length = steps === undefined ? '' : `${steps} steps, about ${training.estimatedSeconds} s on two cores; `;
  const notes = warnings.map(({ code, message, action }) => `! ${code} ${message} ${action}`);
  const rate = `Learning rate: ${length}${describeSchedule(schedule, steps)}.`;
  return [...table, '', rate, describeCost(resolved, cost), ...notes, ''].join('\n');
}

/** One sentence about a configuration, for a message. */
export function summarise({ resolved }: Resolution): string {
  const { network, imageSize, budget, targets, dataset } = resolved;
  const time = 'epochs' in budget ? `${budget.epochs} epochs` : `${budget.seconds} s`;
  const size = `${imageSize.height}x${imageSize.width}`;
  const to = oneOf(targets).replace(' or ', ' and ');
  return `${network.name} (width ${network.width}) on ${size} pixels, ${dataset.classes.length} classes, ${time}, for ${to}`;
}

function describeCost(
  { training }: Resolution['resolved'],
  { usd, maximumUsd, seconds, usdPerHour }: CostEstimate,
): string {
  const { instanceTypes, instanceCount } = training;
  const first = `${instanceCount === 1 ? '' : `${instanceCount} x `}${instanceTypes[0]}`;
  const unknown = instanceTypes.filter((type) => usdPerHour[type] === undefined);
  const about = usd === undefined ? '' : `about ${usd.toFixed(2)} USD for ${seconds} s of ${first} on demand`;
  const most = maximumUsd === undefined ? '' : `at most ${maximumUsd.toFixed(2)} USD at the runtime limit`;
  const missing = unknown.length === 0 ? '' : `the price of ${oneOf(unknown)} is not known here`;
  return `Cost of a training job: ${[about, most, missing].filter(Boolean).join('; ')}.`;
}

function brief(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null) return '-';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(brief).join(' ');
  if (typeof value !== 'object') return show(value);
  const { name, ...rest } = value as Record<string, unknown>; // an object that is neither null nor a list
  const parts = Object.entries(rest).map(([field, inner]) => `${field}=${brief(inner)}`);
  return name === undefined ? parts.join(' ') : `${name}(${parts.join(' ')})`;
}
