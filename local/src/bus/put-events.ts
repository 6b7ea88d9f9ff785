/** The PutEvents action. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
import { AwsError } from '../aws-endpoint/aws-error.ts';
import type { Faults } from '../faults.ts';
import type { EventBus, EventInput } from './event-bus.ts';

/** UTF-8 bytes of all entries together. */
const LARGEST_REQUEST_BYTES = 256 * 1024;
const MOST_ENTRIES = 10;

interface EntryResult {
  EventId?: string;
  ErrorCode?: string;
  ErrorMessage?: string;
}

/**
 * Accepts each entry or says why not; entries are independent of each other.
 * @throws AwsError ValidationException when the request as a whole is refused.
 */
export function putEvents(
  bus: EventBus,
  request: Record<string, unknown>,
  onEntry: Faults['onEntry'] = () => undefined,
): { FailedEntryCount: number; Entries: EntryResult[] } {
  const entries = readEntries(request);
  const inputs = entries.map((entry) => refusedEntry(onEntry(entry)) ?? readEntry(entry));
  const ids = bus.put(inputs.filter((input) => 'source' in input));
  const results = inputs.map((input): EntryResult => ('ErrorCode' in input ? input : { EventId: String(ids.shift()) }));
  return { FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length, Entries: results };
}

function readEntries(request: Record<string, unknown>): Record<string, unknown>[] {
  const { Entries: entries } = request;
  if (!Array.isArray(entries) || !entries.every(isRecord))
    throw invalid("Value at 'entries' must be a list of structures");
  if (entries.length === 0)
    throw invalid(
      "Value '[]' at 'entries' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  if (entries.length > MOST_ENTRIES) {
    throw invalid(
      `Value at 'entries' failed to satisfy constraint: Member must have length less than or equal to ${MOST_ENTRIES}`,
    );
  }
  const bytes = entries.reduce((sum, entry) => sum + entryBytes(entry), 0);
  if (bytes > LARGEST_REQUEST_BYTES) {
    throw new AwsError(400, 'ValidationException', 'Total size of the entries in the request is over the limit.');
  }
  return entries;
}

/** Source, detail type, detail and resources in UTF-8, and 14 bytes for a time. */
function entryBytes(entry: Record<string, unknown>): number {
  const resources = Array.isArray(entry.Resources) ? entry.Resources : [];
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...resources].filter((text) => typeof text === 'string');
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return bytes + (entry.Time === undefined ? 0 : 14);
}

function refusedEntry(code: string | undefined) {
  return code === undefined ? undefined : { ErrorCode: code, ErrorMessage: 'The entry was refused; try again.' };
}

function readEntry(
  entry: Record<string, unknown>,
): EventInput | Required<Pick<EntryResult, 'ErrorCode' | 'ErrorMessage'>> {
  const { Source: source, DetailType: detailType, Detail: detail, Time: time, Resources: resources } = entry;
  if (!isText(source)) return missing('Source');
  if (source.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  if (!isText(detailType)) return missing('DetailType');
  if (!isText(detail)) return missing('Detail');
  const parsed = parseDetail(detail);
  if (parsed === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  return {
    source,
    detailType,
    detail: parsed,
    bus: busName(entry.EventBusName),
    ...(Array.isArray(resources) ? { resources: resources.map(String) } : {}),
    ...(typeof time === 'number' ? { time: new Date(time * 1000) } : {}),
  };
}

/** A name or an ARN. AWS takes events for a bus that does not exist and drops them; so does this bus. */
function busName(value: unknown): string {
  if (!isText(value)) return 'default';
  return value.startsWith('arn:') ? value.slice(value.indexOf('/') + 1) : value;
}

function parseDetail(detail: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(detail);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function missing(name: string) {
  const reason = `Parameter ${name} is not valid. Reason: ${name} is a required argument.`;
  return { ErrorCode: 'InvalidArgument', ErrorMessage: reason };
}

function invalid(reason: string): AwsError {
  return new AwsError(400, 'ValidationException', `1 validation error detected: ${reason}`);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
