import type { Curated } from './curate.ts';
import { findingCodes } from './finding-codes.ts';
import type { Finding, FindingLog } from './findings.ts';
import type { Layout } from './formats/format.ts';
import { countSplits, datasetDigest } from './manifest.ts';
import type { DropReader } from './ports.ts';
import type { Survey } from './survey.ts';

/** What was found in a drop, for people and programs. The same drop gives the same report. */
export interface ValidationReport {
  readonly format: 'dropforge-validation-report/1';
  readonly outcome: 'accepted' | 'rejected';
  readonly drop: { readonly name: string; readonly kind: DropReader['kind'] | 'unknown'; readonly bytes: number };
  /** How the drop is laid out and what speaks for it; absent when that was not found out. */
  readonly layout?: { readonly format: string; readonly evidence: string; readonly isSplit: boolean };
  /** Absent when the drop is rejected. */
  readonly dataset?: { readonly digest: string; readonly trainImages: number; readonly validationImages: number };
  readonly images: {
    /** Files in class folders that are or should be images. */
    readonly seen: number;
    readonly used: number;
    /** Seen but not used: bad images and copies. */
    readonly excluded: number;
    readonly bad: number;
  };
  readonly classes: readonly ClassReport[];
  readonly recipe?: { readonly path: string };
  /** Errors first. */
  readonly findings: readonly Finding[];
}

export interface ClassReport {
  readonly name: string;
  readonly train: number;
  readonly validation: number;
  readonly excluded: number;
}

/** What is known when validation ends, early or not. */
interface Known {
  readonly name: string;
  /** As sent; 0 when not known before listing. */
  readonly bytes: number;
  readonly drop: DropReader | undefined;
  readonly survey: Survey | undefined;
  readonly layout: Layout | undefined;
  readonly curated: Curated | undefined;
  readonly findings: FindingLog;
}

/** Sums up a validation. The outcome is `accepted` when no finding is an error. */
export function buildReport({ name, bytes, drop, survey, layout, curated, findings: log }: Known): ValidationReport {
  const findings = log.findings((code) => curated?.isBeyondTolerance === true && findingCodes[code].kind === 'bad');
  const isAccepted = curated !== undefined && !findings.some((finding) => finding.severity === 'error');
  const tallies = [...(curated?.perClass.values() ?? [])];
  const seen = tallies.reduce((sum, tally) => sum + tally.images, 0);
  const used = curated?.images.length ?? 0;
  return {
    format: 'dropforge-validation-report/1',
    outcome: isAccepted ? 'accepted' : 'rejected',
    drop: { name, kind: drop?.kind ?? 'unknown', bytes: drop?.bytes ?? bytes },
    ...(layout && { layout: { format: layout.format, evidence: layout.evidence, isSplit: layout.isSplit } }),
    ...(isAccepted && { dataset: summarise(curated) }),
    images: { seen, used, excluded: seen - used, bad: tallies.reduce((sum, tally) => sum + tally.bad, 0) },
    classes: curated === undefined ? [] : reportClasses(curated),
    ...(survey?.recipe && { recipe: { path: survey.recipe.path } }),
    findings,
  };
}

function summarise({ classes, images }: Curated): NonNullable<ValidationReport['dataset']> {
  const { train, validation } = countSplits(classes, images);
  return { digest: datasetDigest(classes, images), trainImages: train.images, validationImages: validation.images };
}

function reportClasses({ classes, images, perClass }: Curated): ClassReport[] {
  const { train, validation } = countSplits(classes, images);
  return classes.map((name, label) => {
    const counts = { train: train.perClass[label] ?? 0, validation: validation.perClass[label] ?? 0 };
    return { name, ...counts, excluded: (perClass.get(name)?.images ?? 0) - counts.train - counts.validation };
  });
}
