import type { Candidate, ClassTally } from './curate.ts';
import type { FindingLog } from './findings.ts';
import type { Tolerance } from './limits.ts';

/**
 * Leaves one of each content, by these rules:
 * - in more than one class: nobody knows the label, so no copy is used and all count as bad;
 * - in training and validation: the validation copy stays, so that accuracy is measured on unseen pictures. When more than
 *   `leakFraction` of the validation images are concerned, the split is no split: `SPLIT_LEAK`;
 * - otherwise: the first by path stays.
 *
 * `candidates` are sorted by path; `perClass` gets the bad ones added.
 */
export function resolveDuplicates(
  candidates: readonly Candidate[],
  perClass: Map<string, ClassTally>,
  findings: FindingLog,
  tolerance: Tolerance,
): Candidate[] {
  const unique: Candidate[] = [];
  let validationImages = 0;
  let leaks = 0;
  for (const copies of Map.groupBy(candidates, (c) => c.file.sha256).values()) {
    if (new Set(copies.map((c) => c.className)).size > 1) {
      blameLabels(copies, perClass, findings);
      continue;
    }
    const validation = copies.filter((c) => c.split === 'validation');
    const others = copies.filter((c) => c.split !== 'validation');
    const kept = validation[0] ?? others[0];
    if (kept === undefined) continue;
    unique.push(kept);
    if (validation.length > 0) validationImages += 1;
    if (validation.length > 0 && others.length > 0) leaks += 1;
    for (const copy of copies) {
      if (copy === kept) continue;
      const code = copy.split === kept.split ? 'DUPLICATE_IN_SPLIT' : 'DUPLICATE_ACROSS_SPLITS';
      findings.add(code, copy.file.path, `same content as ${kept.file.path}`);
    }
  }
  if (leaks > tolerance.leakFraction * validationImages) {
    findings.add('SPLIT_LEAK', '', `${leaks} of ${validationImages} validation images are training images too`);
  }
  return unique;
}

function blameLabels(copies: readonly Candidate[], perClass: Map<string, ClassTally>, findings: FindingLog): void {
  const [first] = copies;
  for (const copy of copies) {
    const other = copy.className === first?.className ? copies.find((c) => c.className !== copy.className) : first;
    findings.add('CONFLICTING_LABELS', copy.file.path, `same content as ${other?.file.path}`);
    const tally = perClass.get(copy.className);
    if (tally !== undefined) tally.bad += 1;
  }
}
