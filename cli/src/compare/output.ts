import type { TaskName } from './tasks/index.ts';

/** Who wrote an `output.json`, told by how it keeps its times; null: it has none, as the oldest of Blueoil. */
export type Dialect = 'dropforge' | 'blueoil-0.22' | 'blueoil-0.30' | null;

/** What every dialect says, in one form. */
export interface Output {
  /** The file, as it was given. */
  readonly name: string;
  readonly dialect: Dialect;
  readonly task: TaskName;
  /** In the order of their ids. */
  readonly classes: readonly Class[];
  readonly images: readonly ImageResult[];
  readonly benchmark: Benchmark | null;
}

export interface Class {
  readonly id: number;
  readonly name: string;
}

export interface ImageResult {
  readonly path: string;
  /** In the form of the file's task. */
  readonly prediction: unknown;
}

/** Means of all trials. */
export interface Benchmark {
  readonly totalSeconds: number;
  readonly preSeconds: number;
  readonly inferenceSeconds: number;
  readonly postSeconds: number;
  /** Only ours say how often, and by which kernels. */
  readonly trials?: number | undefined;
  readonly kernels?: string | undefined;
}
