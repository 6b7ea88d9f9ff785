import type { Output } from '../output.ts';
import { readOutput } from '../read-output.ts';
import type { TaskName } from '../tasks/index.ts';

export interface Content {
  readonly task?: TaskName;
  readonly classes?: readonly string[];
  /** By the path of the image. */
  readonly predictions: Readonly<Record<string, unknown>>;
  readonly benchmark?: unknown;
}

/** The text of an `output.json`. */
export function outputText(content: Content, change: Readonly<Record<string, unknown>> = {}): string {
  const { task = 'IMAGE.CLASSIFICATION', classes = ['cat', 'dog', 'fox'], predictions, benchmark } = content;
  return JSON.stringify({
    ...{ version: 0.2, task, classes: classes.map((name, id) => ({ id, name })), date: '2020-09-14T10:21:07.118034' },
    results: Object.entries(predictions).map(([path, prediction]) => ({ file_path: path, prediction })),
    ...{ benchmark, ...change },
  });
}

export function makeOutput(name: string, content: Content): Output {
  return readOutput(Buffer.from(outputText(content)), name);
}

/** A probability for each class, as Blueoil writes it. */
export function probabilities(values: readonly number[], classes = ['cat', 'dog', 'fox']) {
  return values.map((value, id) => ({ class: { id, name: classes[id] }, probability: `${value}` }));
}
