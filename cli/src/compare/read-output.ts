import { z } from 'zod';
import { CliError } from '../cli-error.ts';
import { readBenchmark } from './benchmark.ts';
import type { ImageResult, Output } from './output.ts';
import { parseJson } from './parse-json.ts';
import { taskNames, tasks } from './tasks/index.ts';
import { CLASSES_MAX, listOf } from './tasks/task.ts';

const IMAGES_MAX = 100_000;

/** What tells a file of the known form from any other. */
const Kind = z.looseObject({ version: z.literal(0.2), task: z.enum(taskNames) });

/** What is not listed here, as the date, is not compared. */
const Document = z.object({
  task: z.enum(taskNames),
  classes: listOf(z.object({ id: z.int().nonnegative(), name: z.string().max(1_000) }), CLASSES_MAX)
    .refine(({ length }) => length > 0, { error: 'It names no class' })
    .refine((classes) => new Set(classes.map(({ id }) => id)).size === classes.length, {
      error: 'It has an id twice',
    }),
  // Each is read by itself: the first fault ends the reading.
  results: z.array(z.unknown()).max(IMAGES_MAX, { error: `It has more than ${IMAGES_MAX} entries` }),
  benchmark: z.unknown().optional(),
});

/** An `output.json` of ours, of Blueoil v0.22 or of v0.30, whose writer nobody vouches for. Throws what is wrong with it. */
export function readOutput(bytes: Uint8Array, name: string): Output {
  const value = parseJson(bytes, name);
  if (!Kind.safeParse(value).success)
    throw unknownForm(name, ': its version is not 0.2, or its task is none of theirs');
  const { task, classes, results, benchmark: times = {} } = parse(Document, value, name, []);
  const benchmark = readBenchmark(times);
  if (!benchmark) throw unknownForm(`${name} benchmark`, ': its times are in the form of neither');
  const sorted = [...classes].sort((a, b) => a.id - b.id);
  const Result = z.object({ file_path: z.string().min(1).max(4_096), prediction: tasks[task].schema(sorted) });
  const images = results.map((result, index): ImageResult => {
    const { file_path: path, prediction } = parse(Result, result, name, ['results', index]);
    return { path, prediction };
  });
  return { name, task, classes: sorted, images, ...benchmark };
}

function unknownForm(where: string, why: string): CliError {
  return new CliError('refused', 'OUTPUT_UNKNOWN', `It is no output.json of Dropforge or Blueoil${why}.`, {
    where,
    action: 'Give what dropforge-run or run.py wrote: Dropforge, and Blueoil v0.22 and v0.30, are read.',
  });
}

function parse<Value>(schema: z.ZodType<Value>, value: unknown, file: string, at: readonly PropertyKey[]): Value {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = `${file} ${placeText([...at, ...(issue?.path ?? [])])}`;
  const isTooLarge = issue?.code === 'too_big';
  throw new CliError(
    'refused',
    isTooLarge ? 'OUTPUT_TOO_LARGE' : 'OUTPUT_MALFORMED',
    `The file cannot be read: ${issue?.message ?? 'it is of another form'}.`,
    {
      where: where.trimEnd(),
      action: isTooLarge
        ? 'Predict fewer images, or fewer things, at once.'
        : 'Predict again with dropforge-run or run.py.',
    },
  );
}

/** `results[0].prediction[3].probability`. */
function placeText(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}
