/** Takes plain YAML values apart, with errors that name the place. */
import { ServerlessFileError } from './serverless-file-error.ts';

export function asRecord(value: unknown, place: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw invalid(place, 'a mapping', value);
}

export function asText(value: unknown, place: string): string {
  if (typeof value === 'string') return value;
  throw invalid(place, 'a text', value);
}

/** A whole number within bounds, or the fallback where nothing is given. */
export function asInteger(
  value: unknown,
  place: string,
  range: { least: number; most: number; fallback: number },
): number {
  if (value === undefined || value === null) return range.fallback;
  if (typeof value === 'number' && Number.isInteger(value) && value >= range.least && value <= range.most) return value;
  throw invalid(place, `a whole number from ${range.least} to ${range.most}`, value);
}

export function optionalInteger(
  value: unknown,
  place: string,
  range: { least: number; most: number },
): number | undefined {
  return value === undefined || value === null
    ? undefined
    : asInteger(value, place, { ...range, fallback: range.least });
}

function invalid(place: string, expected: string, found: unknown): ServerlessFileError {
  return new ServerlessFileError('VALUE_INVALID', place, `expected ${expected}, found ${JSON.stringify(found)}`);
}
