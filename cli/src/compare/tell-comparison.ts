import { formatTable } from '../terminal/table.ts';
import type { Screen } from '../terminal/terminal.ts';
import { formatCount } from '../terminal/text.ts';
import type { Comparison } from './compare-outputs.ts';
import type { Benchmark, Output } from './output.ts';

/** JSON has them all. */
const TOLD_MAX = 10;

/** A line for each file that was judged, with what differs, and everybody's times side by side. */
export function tellComparison(screen: Screen, outputs: readonly Output[], comparisons: readonly Comparison[]): void {
  for (const comparison of comparisons) tellVerdict(screen, comparison);
  screen.line();
  const [heading = '', ...lines] = formatTable([
    ['FILE', 'WRITTEN BY', 'KERNELS', 'TOTAL', 'PRE', 'INFERENCE', 'POST'],
    ...outputs.map((output, index) => timesRow(output, index > 0 ? outputs[0]?.benchmark : null)),
  ]);
  screen.line(heading, 'strong');
  for (const line of lines) screen.line(line);
}

function tellVerdict(screen: Screen, { name, agrees, images, differing, ...found }: Comparison): void {
  const { differences, largestDifference, unjudged } = found;
  const largest = `the largest difference is ${Number(largestDifference.toPrecision(3))}`;
  if (agrees) screen.line(`✓ ${name}  agrees in ${formatCount(images, 'image')}; ${largest}`, 'good');
  else if (differing > 0)
    screen.line(`✗ ${name}  differs in ${differing} of ${formatCount(images, 'image')}; ${largest}`, 'bad');
  else screen.line(`✗ ${name}  does not agree`, 'bad');
  for (const { image, message, code } of differences.slice(0, TOLD_MAX))
    screen.line(`    ${image === undefined ? '' : `${image}: `}${message} (${code})`);
  if (differences.length > TOLD_MAX) screen.line(`    and ${differences.length - TOLD_MAX} more; --json has all`);
  if (unjudged.length > 0)
    screen.line(
      `    ${formatCount(unjudged.length, 'image')} not in the first file: ${unjudged[0]}${unjudged.length > 1 ? ', …' : ''}`,
      'quiet',
    );
}

const writers = { dropforge: 'Dropforge', 'blueoil-0.22': 'Blueoil 0.22', 'blueoil-0.30': 'Blueoil 0.30' };

function timesRow({ name, dialect, benchmark }: Output, first: Benchmark | null | undefined): string[] {
  const stages = ['totalSeconds', 'preSeconds', 'inferenceSeconds', 'postSeconds'] as const;
  return [
    ...[name, dialect ? writers[dialect] : '–', benchmark?.kernels ?? '–'],
    ...stages.map((stage) => (benchmark ? timeText(benchmark[stage], first?.[stage]) : '–')),
  ];
}

/** The time, and how many times the first file's it is. */
function timeText(seconds: number, first: number | undefined): string {
  const time = `${Number((seconds * 1_000).toPrecision(3))} ms`;
  return first ? `${time} ×${Number((seconds / first).toPrecision(3))}` : time;
}
