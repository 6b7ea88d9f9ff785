import { z } from 'zod';

/** An event that could not be delivered or handled, as the queue keeps it. */
export interface DeadLetter {
  /** SQS's message id. */
  readonly id: string;
  readonly queueUrl: string;
  /** For deleting it, until somebody else receives it. */
  readonly receipt: string;
  /** Since when it is given up, ISO 8601. */
  readonly since: string;
  /** Who gave it up: Lambda after its retries, a rule of EventBridge or of IoT, or SQS after too many receives. */
  readonly givenUpBy: 'lambda' | 'eventbridge' | 'iot' | 'sqs' | 'unknown';
  readonly event: { readonly type: string; readonly id: string; readonly runId?: string | undefined };
  /** Name of the function that was to take it. */
  readonly functionName?: string | undefined;
  readonly rule?: string | undefined;
  readonly error: { readonly code: string; readonly message: string };
  /** How often it was tried. */
  readonly attempts?: number | undefined;
  /** Where it can be sent again, and what; undefined: nothing says where it came from. */
  readonly destination?:
    | { readonly kind: 'function'; readonly name: string }
    | { readonly kind: 'queue'; readonly arn: string }
    | undefined;
  readonly payload: string;
}

/** A message as ReceiveMessage gives it, with all its attributes. */
export interface ReceivedMessage {
  readonly queueUrl: string;
  readonly messageId: string;
  readonly receipt: string;
  readonly body: string;
  readonly sentAt: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly sourceArn?: string | undefined;
}

/** Reads a message of a dead-letter queue, whoever put it there. What is no form that is known is shown as it is. */
export function readDeadLetter(message: ReceivedMessage): DeadLetter {
  const { messageId: id, queueUrl, receipt, sentAt: since } = message;
  const body = parseJson(message.body);
  const found =
    readRecord(body) ?? readRuleLetter(message, body) ?? readTopicLetter(body) ?? readUnknown(message, body);
  return { id, queueUrl, receipt, since, ...found };
}

type Reading = Omit<DeadLetter, 'id' | 'queueUrl' | 'receipt' | 'since'>;

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
const InvocationRecord = z.object({
  requestContext: z.object({
    functionArn: z.string(),
    condition: z.string(),
    approximateInvokeCount: z.number().optional(),
  }),
  requestPayload: z.unknown(),
  responsePayload: z.object({ errorType: z.string().optional(), errorMessage: z.string().optional() }).optional(),
});

function readRecord(body: unknown): Reading | undefined {
  const { data } = InvocationRecord.safeParse(body);
  if (!data) return undefined;
  const { requestContext: context, requestPayload: event, responsePayload: answer } = data;
  const functionName = functionNameOf(context.functionArn);
  return {
    givenUpBy: 'lambda',
    event: describeEvent(event),
    functionName,
    error: { code: answer?.errorType ?? context.condition, message: answer?.errorMessage ?? 'The function never ran.' },
    attempts: context.approximateInvokeCount,
    destination: { kind: 'function', name: functionName },
    payload: JSON.stringify(event),
  };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
function readRuleLetter({ attributes, body: payload }: ReceivedMessage, body: unknown): Reading | undefined {
  const {
    TARGET_ARN: target,
    RULE_ARN: rule,
    ERROR_CODE: code,
    ERROR_MESSAGE: text,
    RETRY_ATTEMPTS: tries,
  } = attributes;
  if (!target) return undefined;
  const functionName = target.includes(':function:') ? functionNameOf(target) : undefined;
  return {
    givenUpBy: 'eventbridge',
    event: describeEvent(body),
    functionName,
    rule: rule?.split('/').at(-1),
    error: { code: code ?? 'UNKNOWN', message: text ?? '' },
    attempts: tries === undefined ? undefined : Number(tries) + 1,
    destination: functionName ? { kind: 'function', name: functionName } : undefined,
    payload,
  };
}

/** https://docs.aws.amazon.com/iot/latest/developerguide/rule-error-handling.html#rule-error-message-format */
const TopicLetter = z.object({
  ruleName: z.string(),
  topic: z.string(),
  base64OriginalPayload: z.base64(),
  failures: z.array(z.object({ failedResource: z.string().optional(), errorMessage: z.string().optional() })).min(1),
});

/** The rule's SELECT adds the thing from the topic; here it is added in the same way. */
function readTopicLetter(body: unknown): Reading | undefined {
  const { data } = TopicLetter.safeParse(body);
  const [failure] = data?.failures ?? [];
  if (!data || !failure) return undefined;
  const report = parseJson(Buffer.from(data.base64OriginalPayload, 'base64').toString());
  const thing = data.topic.split('/')[2] ?? '';
  const functionName = failure.failedResource && functionNameOf(failure.failedResource);
  const payload = isRecord(report) ? { ...report, thing } : undefined;
  return {
    givenUpBy: 'iot',
    event: describeEvent(payload ?? report),
    functionName,
    rule: data.ruleName,
    error: { code: 'IOT_RULE_FAILED', message: failure.errorMessage ?? '' },
    destination: functionName && payload ? { kind: 'function', name: functionName } : undefined,
    payload: JSON.stringify(payload ?? report ?? null),
  };
}

function readUnknown({ sourceArn, body: payload }: ReceivedMessage, body: unknown): Reading {
  return {
    givenUpBy: sourceArn ? 'sqs' : 'unknown',
    event: describeEvent(body),
    error: sourceArn
      ? { code: 'RECEIVED_TOO_OFTEN', message: `Nobody could handle it in ${sourceArn.split(':').at(-1)}.` }
      : { code: 'UNKNOWN', message: 'Nothing in the message says why it is here.' },
    destination: sourceArn ? { kind: 'queue', arn: sourceArn } : undefined,
    payload,
  };
}

/** Events of EventBridge, reports of devices, and our own messages: what each calls its type, id and run. */
const Event = z
  .looseObject({
    id: z.string().optional(),
    'detail-type': z.string().optional(),
    status: z.string().optional(),
    thing: z.string().optional(),
    detail: z
      .looseObject({
        eventId: z.string().optional(),
        data: z.looseObject({ runId: z.string().optional() }).optional(),
        TrainingJobName: z.string().optional(),
        ProcessingJobName: z.string().optional(),
        object: z.looseObject({ key: z.string().optional() }).optional(),
      })
      .optional(),
  })
  .catch({});

function describeEvent(event: unknown): DeadLetter['event'] {
  const { id, 'detail-type': type, status, thing, detail } = Event.parse(event);
  const job = detail?.TrainingJobName ?? detail?.ProcessingJobName;
  return {
    type: type ?? (thing ? `report ${status ?? ''}`.trim() : 'message'),
    id: detail?.eventId ?? detail?.object?.key ?? thing ?? id ?? '',
    runId: detail?.data?.runId ?? /run-[a-z2-7]{20}/.exec(job ?? '')?.[0],
  };
}

/** `arn:aws:lambda:<region>:<account>:function:<name>[:<qualifier>]` */
function functionNameOf(arn: string): string {
  return arn.split(':')[6] ?? arn;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
