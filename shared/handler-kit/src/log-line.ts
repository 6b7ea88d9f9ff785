import { LogFormatter, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';

/**
 * One line of the log: JSON with fields of its own names, which docs/logs.md lists. A message starts with its stable
 * code, `CODE: a sentence`; the code becomes a field.
 */
export class LineFormatter extends LogFormatter {
  override formatAttributes(attributes: UnformattedAttributes, additional: LogAttributes): LogItem {
    const { lambdaContext, message } = attributes;
    const [, code, sentence] = /^([A-Z][A-Z0-9_]{2,})(?:: ([\s\S]*))?$/.exec(message) ?? [];
    const line = new LogItem({
      attributes: {
        level: attributes.logLevel,
        code: code ?? 'UNCODED',
        message: code ? (sentence ?? '') : message,
        timestamp: attributes.timestamp.toISOString(),
        service: attributes.serviceName,
        function: lambdaContext?.functionName,
        requestId: lambdaContext?.awsRequestId,
        coldStart: lambdaContext?.coldStart,
        traceId: attributes.xRayTraceId,
      },
    });
    return line.addAttributes(additional);
  }

  /** Not what else an error carries: the SDK's have whole requests and responses on them. */
  override formatError(error: Error): LogAttributes {
    const { name, message, stack, cause } = error;
    return { name, message, stack, ...(cause instanceof Error ? { cause: this.formatError(cause) } : {}) };
  }
}

/** Longer texts are cut: CloudWatch takes no line of more than 1 MB, and nobody reads one. */
const textMaximum = 8_000;

/** Makes every text of a line harmless, whoever wrote it: for a terminal, and for whoever may read the log. */
export function harmless(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return withoutSecrets(printable(value)).slice(0, textMaximum);
  if (!isPlainObject(value)) return value;
  const entries = Object.entries(value);
  if (entries.every(([name]) => printable(name) === name)) return value;
  return Object.fromEntries(entries.map(([name, inner]) => [printable(name), inner]));
}

/** JSON escapes line ends and most control characters; the rest would still move a cursor or turn a text around. */
function printable(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\u2028\u2029\p{Bidi_Control}\uFEFF]|\p{Cs}/gu, '\uFFFD');
}

/** Should a secret get into a message, it does not get into the log. */
const secrets: readonly [RegExp, string][] = [
  [/\bxox[a-z]-[\w-]{8,}/g, 'xox…'], // Slack tokens
  [/\bwhsec_[\w+/=-]{8,}/g, 'whsec_…'], // secrets of webhooks
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}/g, 'AKIA…'], // access keys
  [/\b(X-Amz-(?:Signature|Security-Token|Credential))=[^&\s"]+/gi, '$1=…'], // presigned URLs
  [/\b(Bearer|Basic) [\w.~+/=-]{8,}/g, '$1 …'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, 'a private key…'],
];

function withoutSecrets(text: string): string {
  return secrets.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
