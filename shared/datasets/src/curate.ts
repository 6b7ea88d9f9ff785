import { checkClasses } from './check-classes.ts';
import { resolveDuplicates } from './duplicates.ts';
import type { FindingLog } from './findings.ts';
import type { Layout } from './formats/format.ts';
import type { Tolerance } from './limits.ts';
import { compareCodePoints, compareImages, type DatasetImage, type Split } from './manifest.ts';
import { splitByPathHash } from './split.ts';
import type { Survey, SurveyedFile } from './survey.ts';

/** A usable image in a class folder. `unsplit` until the drop's images are split. */
export interface Candidate {
  readonly file: SurveyedFile;
  readonly className: string;
  /** The class folder's path, ending in `/`. */
  readonly folder: string;
  readonly split: Split | 'unsplit';
}

export interface CurateOptions {
  readonly tolerance: Tolerance;
  /** Share of each class that validates when the drop is not split, in (0, 1). */
  readonly validationFraction: number;
}

export interface Curated {
  /** Sorted by code point; the index is the label. */
  readonly classes: readonly string[];
  /** In `compareImages` order. */
  readonly images: readonly DatasetImage[];
  /** Images in class folders, by class: all, and those that are bad. */
  readonly perClass: ReadonlyMap<string, ClassTally>;
  /** Whether faults that are tolerated one by one are too many together. */
  readonly isBeyondTolerance: boolean;
}

export interface ClassTally {
  images: number;
  bad: number;
}

/**
 * Chooses the images of the dataset: leaves out bad ones and copies, splits what is not split, and notes in `findings`
 * all that a person should know. The order of the archive decides nothing.
 */
export function curate(survey: Survey, layout: Layout, findings: FindingLog, options: CurateOptions): Curated {
  const files = [...survey.files].sort((a, b) => compareCodePoints(a.path, b.path));
  const perClass = new Map<string, ClassTally>();
  const candidates = sortOut(files, layout, perClass, findings);
  const unique = resolveDuplicates(candidates, perClass, findings, options.tolerance);
  const isBeyondTolerance = checkTolerance(perClass, findings, options.tolerance);
  const used = splitCandidates(unique, options.validationFraction);
  const classes = [...perClass.keys()].filter((name) => name !== NO_CLASS).sort(compareCodePoints);
  checkClasses({ survey, layout, candidates, used, classes, findings });
  const labels = new Map(classes.map((name, label) => [name, label]));
  const images = used.flatMap((candidate) => toImage(candidate, labels)).sort(compareImages);
  return { classes, images, perClass, isBeyondTolerance };
}

/** Key of bad files that belong to no class folder. */
const NO_CLASS = '';

function sortOut(
  files: readonly SurveyedFile[],
  layout: Layout,
  perClass: Map<string, ClassTally>,
  findings: FindingLog,
): Candidate[] {
  const tally = (name: string, bad: number) => {
    const known = perClass.get(name) ?? { images: 0, bad: 0 };
    perClass.set(name, { images: known.images + 1, bad: known.bad + bad });
  };
  const candidates: Candidate[] = [];
  for (const file of files) {
    const place = layout.placeOf(file.path);
    const isInClass = place.role === 'image' || place.role === 'misplaced';
    if (place.role === 'unused') {
      findings.add('UNUSED_SPLIT', file.path, 'in a split that is not used');
    } else if (
      file.problem !== undefined &&
      (isInClass || file.problem.code === 'LINK' || file.problem.code === 'SPECIAL_FILE')
    ) {
      findings.add(file.problem.code, file.path, file.problem.detail);
      tally(isInClass ? place.className : NO_CLASS, 1);
    } else if (file.type === undefined || !isInClass) {
      findings.add('STRAY_FILE', file.path, isInClass ? 'not an image' : 'outside the class folders');
      // A folder of stray files alone is an empty class, whether or not the archive names the folder itself.
      if (isInClass && !perClass.has(place.className)) perClass.set(place.className, { images: 0, bad: 0 });
    } else if (place.role === 'misplaced') {
      findings.add('MISPLACED_IMAGE', file.path, `below ${place.folder}`);
      tally(place.className, 1);
    } else {
      if (file.isTransparent === true) findings.add('TRANSPARENT_IMAGE', file.path, 'has an alpha channel');
      candidates.push({ file, className: place.className, folder: place.folder, split: place.split });
      tally(place.className, 0);
    }
  }
  return candidates;
}

function checkTolerance(
  perClass: ReadonlyMap<string, ClassTally>,
  findings: FindingLog,
  tolerance: Tolerance,
): boolean {
  let images = 0;
  let bad = 0;
  let isBeyond = false;
  const say = (where: string, n: number, of: number, limit: number) => {
    const percent = (fraction: number) => `${Number((100 * fraction).toFixed(2))} %`;
    findings.add(
      'TOO_MANY_BAD_IMAGES',
      where,
      `${n.toLocaleString('en')} of ${of.toLocaleString('en')} images are bad (${percent(n / of)}), tolerated are ${percent(limit)}`,
    );
    isBeyond = true;
  };
  for (const tally of perClass.values()) {
    images += tally.images;
    bad += tally.bad;
  }
  if (bad > tolerance.badFraction * images) say('', bad, images, tolerance.badFraction);
  for (const [name, tally] of perClass) {
    const limit = Math.max(1, tolerance.badFractionPerClass * tally.images);
    if (tally.bad > limit) say(name, tally.bad, tally.images, tolerance.badFractionPerClass);
  }
  return isBeyond;
}

/** Images of drops without a split of their own are split class by class, by the hash of `<class>/<file>`. */
function splitCandidates(candidates: readonly Candidate[], validationFraction: number): Candidate[] {
  const unsplit = Map.groupBy(
    candidates.filter((c) => c.split === 'unsplit'),
    (c) => c.className,
  );
  const used = candidates.filter((c) => c.split !== 'unsplit');
  for (const [className, members] of unsplit) {
    const paths = members.map((c) => `${className}/${c.file.path.slice(c.folder.length)}`);
    const splits = splitByPathHash(paths, validationFraction);
    used.push(...members.map((member, i) => ({ ...member, split: splits[i] ?? 'train' })));
  }
  return used;
}

function toImage({ file, className, split }: Candidate, labels: ReadonlyMap<string, number>): DatasetImage[] {
  const classIndex = labels.get(className);
  if (split === 'unsplit' || classIndex === undefined || file.type === undefined) return [];
  return [{ split, classIndex, sha256: file.sha256, type: file.type, bytes: file.bytes, index: file.index }];
}
