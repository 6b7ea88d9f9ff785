import { compareOutputs } from '../compare/compare-outputs.ts';
import { loadOutput } from '../compare/load-output.ts';
import type { Output } from '../compare/output.ts';
import { tellComparison } from '../compare/tell-comparison.ts';
import { type Context, report } from '../context.ts';

/** `dropforge compare <first> <others…>`: whether devices, kernels or systems predicted the same. */
export async function compare(
  context: Context,
  given: string,
  others: readonly string[],
  { tolerance }: { tolerance: number },
): Promise<'ok' | 'refused'> {
  const first = await loadOutput(context.directory, given);
  const outputs = [first];
  for (const other of others) outputs.push(await loadOutput(context.directory, other));
  const comparisons = await compareOutputs(first, outputs.slice(1), tolerance);
  const agree = comparisons.every(({ agrees }) => agrees);
  report(context, { agree, tolerance, files: outputs.map(summarise), comparisons }, () =>
    tellComparison(context.screen, outputs, comparisons),
  );
  return agree ? 'ok' : 'refused';
}

function summarise({ name, dialect, task, images, benchmark }: Output) {
  return { name, dialect, task, images: images.length, benchmark };
}
