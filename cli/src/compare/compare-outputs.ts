import { type NamedPredictions, nameImages } from './match-images.ts';
import type { Class, Output } from './output.ts';
import { tasks } from './tasks/index.ts';
import type { Difference } from './tasks/task.ts';

/** One file against the first. */
export interface Comparison {
  readonly name: string;
  readonly agrees: boolean;
  /** Images that both have, and how many of them differ. */
  readonly images: number;
  readonly differing: number;
  /** Of all numbers that were compared; of masks, the largest share of pixels. */
  readonly largestDifference: number;
  readonly differences: readonly FoundDifference[];
  /** Images that the first file does not have: they are not judged. */
  readonly unjudged: readonly string[];
}

export interface FoundDifference extends Difference {
  /** Of which image; absent: of the whole file. */
  readonly image?: string;
}

/** Holds every other file to the first. */
export async function compareOutputs(
  first: Output,
  others: readonly Output[],
  tolerance: number,
): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const other of others) comparisons.push(await compareTwo(first, other, tolerance));
  return comparisons;
}

async function compareTwo(first: Output, other: Output, tolerance: number): Promise<Comparison> {
  const [expected, found] = nameImages([first, other]) as [NamedPredictions, NamedPredictions]; // two in, two out
  const common = [...expected.keys()].filter((image) => found.has(image));
  const none = { name: other.name, agrees: false, images: common.length, differing: 0, largestDifference: 0 };
  const obstacle = findObstacle(first, other, common.length);
  if (obstacle) return { ...none, differences: [obstacle], unjudged: [] };

  const differences: FoundDifference[] = [];
  let [differing, largestDifference] = [0, 0];
  for (const [image, prediction] of expected) {
    if (!found.has(image)) {
      differences.push({ image, code: 'IMAGE_MISSING', message: 'the file has no prediction of it' });
      continue;
    }
    const where = [`${first.name} ${image}`, `${other.name} ${image}`] as const;
    const rules = { tolerance, classes: first.classes, where };
    const judged = await tasks[first.task].compare(prediction, found.get(image), rules);
    if (judged.differences.length > 0) differing++;
    largestDifference = Math.max(largestDifference, judged.largest);
    differences.push(...judged.differences.map((difference) => ({ image, ...difference })));
  }
  const unjudged = [...found.keys()].filter((image) => !expected.has(image));
  return { ...none, agrees: differences.length === 0, differing, largestDifference, differences, unjudged };
}

/** Why the two cannot be compared at all, which is never agreement. */
function findObstacle(first: Output, other: Output, common: number): Difference | undefined {
  if (first.task !== other.task)
    return { code: 'TASKS_DIFFER', message: `the task is ${other.task} instead of ${first.task}` };
  const classes = classesText(first.classes, other.classes);
  if (classes) return { code: 'CLASSES_DIFFER', message: classes };
  if (common > 0) return undefined;
  const [one, another] = [first, other].map(({ images }) => images[0]?.path ?? 'no image');
  return { code: 'NO_COMMON_IMAGE', message: `the files have no image in common: ${another} here, ${one} there` };
}

/** The first class that the two do not share, by id and by name. */
function classesText(expected: readonly Class[], found: readonly Class[]): string | undefined {
  const told = (one: Class | undefined) => (one ? `${one.id} ${one.name}` : 'nothing');
  for (let place = 0; place < Math.max(expected.length, found.length); place++) {
    const [wanted, one] = [told(expected[place]), told(found[place])];
    if (wanted !== one)
      return `class ${one} instead of ${wanted}; ${found.length} classes are held to ${expected.length}`;
  }
  return undefined;
}
