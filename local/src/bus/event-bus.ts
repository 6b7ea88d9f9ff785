/** Buses and rules: what was put on a bus goes, written down first, to every function whose rule wants it. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type {
  CloudDescription,
  FunctionDescription,
  RetryPolicy,
  RuleDescription,
} from '../serverless-file/description.ts';
import type { Deliverer } from './deliverer.ts';
import type { NewDelivery } from './delivery-journal.ts';
import { compileEventPattern, type EventMatcher } from './event-pattern.ts';

/** What a publisher says; the bus adds the rest of the envelope. */
export interface EventInput {
  source: string;
  detailType: string;
  detail: Record<string, unknown>;
  resources?: string[];
  /** Seconds precision is kept; now, if not given. */
  time?: Date;
  /** `default` if not given. */
  bus?: string;
}

/** The envelope that targets receive. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html */
export interface BusEvent {
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  time: string;
  region: string;
  resources: string[];
  detail: Record<string, unknown>;
}

export interface EventBus {
  /** Accepts events, all or none; they survive a kill when this returns. Gives their ids. */
  put(events: EventInput[]): string[];
  /** What runs a function at least once with any payload, as an asynchronous invocation does. */
  invocation(functionKey: string, payload: unknown): NewDelivery;
}

export interface EventBusOptions {
  description: Pick<CloudDescription, 'accountId' | 'region' | 'functions'>;
  deliverer: Pick<Deliverer, 'accept'>;
  clock: Clock;
}

/**
 * Lambda's, for an asynchronous invocation. A rule's own policy is about reaching Lambda at all, which is a thing of the
 * network: here a function is there, or it is not. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
const DEFAULT_RETRY_POLICY: RetryPolicy = { maximumRetryAttempts: 2, maximumEventAgeSeconds: 6 * 3600 };

/** @throws InvalidEventPatternError for a rule that EventBridge would refuse. */
export function createEventBus({ description, deliverer, clock }: EventBusOptions): EventBus {
  const rules = description.functions.flatMap(compileRules);
  return {
    invocation(functionKey, payload) {
      const target = description.functions.find(({ key }) => key === functionKey);
      if (target === undefined) throw new Error(`There is no function ${functionKey}`);
      return deliveryOf(payload, { target, rule: undefined }, clock.now());
    },
    put(inputs) {
      const deliveries: NewDelivery[] = [];
      const events = inputs.map((input) => {
        const event = envelope(input, description, clock);
        const bus = input.bus ?? 'default';
        const wanting = rules.filter(({ rule, matches }) => rule.bus === bus && matches(event));
        deliveries.push(...wanting.map((target) => deliveryOf(event, target, clock.now())));
        return event;
      });
      deliverer.accept(deliveries);
      return events.map(({ id }) => id);
    },
  };
}

interface CompiledRule {
  rule: RuleDescription;
  target: FunctionDescription;
  matches: EventMatcher;
}

function compileRules(target: FunctionDescription): CompiledRule[] {
  const enabled = target.rules.filter((rule) => rule.enabled);
  return enabled.map((rule) => ({ rule, target, matches: compileEventPattern(rule.pattern) }));
}

function envelope(
  input: EventInput,
  { accountId, region }: { accountId: string; region: string },
  clock: Clock,
): BusEvent {
  const time = input.time ?? new Date(clock.now());
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': input.detailType,
    source: input.source,
    account: accountId,
    time: `${time.toISOString().slice(0, 19)}Z`,
    region,
    resources: input.resources ?? [],
    detail: input.detail,
  };
}

function deliveryOf(
  payload: unknown,
  { rule, target }: { rule: RuleDescription | undefined; target: FunctionDescription },
  now: number,
): NewDelivery {
  const policy = { ...DEFAULT_RETRY_POLICY, ...target.retryPolicy };
  return {
    target: target.key,
    payload: JSON.stringify(payload),
    ruleArn: rule?.arn ?? '',
    targetArn: target.arn,
    deadLetterQueue: rule?.deadLetterQueue,
    failureQueue: target.failureQueueArn?.split(':').pop(),
    maximumRetryAttempts: policy.maximumRetryAttempts,
    acceptedAt: now,
    expiresAt: now + policy.maximumEventAgeSeconds * 1000,
  };
}
