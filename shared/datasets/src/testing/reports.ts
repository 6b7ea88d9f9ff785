import { type FreezeOptions, freezeDataset } from '../freeze-dataset.ts';
import type { ValidationReport } from '../report.ts';
import { memorySink, memorySource, zipOf } from './archives.ts';
import type { Files } from './pictures.ts';

export async function reportOn(files: Files, options?: FreezeOptions): Promise<ValidationReport> {
  return (await freezeDataset({ archive: memorySource('drop.zip', await zipOf(files)) }, memorySink(), options)).report;
}

/** Findings as `CODE xN first-place: detail`, small-dataset warnings left out. */
export function said(report: ValidationReport): string[] {
  return report.findings
    .filter(({ code }) => code !== 'FEW_IMAGES')
    .map(({ code, count, examples: [first] }) => `${code} x${count} ${first?.where}: ${first?.detail}`);
}
