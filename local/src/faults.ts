/** Disturbances for tests of what runs here: AWS on a bad day. Nothing is disturbed unless `CloudOptions.faults` asks for it. */
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Faults {
  /** Stands before every AWS service: may answer in its place, or let it answer and then spoil the connection. */
  onRequest?(call: AwsCall, answer: () => Promise<void>): Promise<void>;
  /** Error code with which PutEvents refuses one entry; undefined: it is taken. */
  onEntry?(entry: Readonly<Record<string, unknown>>): string | undefined;
  /** What becomes of an event on its way to a function: one copy for each late arrival, in milliseconds; none: it is lost. */
  onDelivery?(delivery: { readonly target: string; readonly payload: string }): readonly number[];
}

export interface AwsCall {
  /** The signing name: `s3`, `dynamodb`, `events`, … */
  readonly service: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** By this user agent the embedded cloud's own requests are told from those of the application. */
export const ownAgent = 'embedded-cloud';
