/** What every action gets, and what it is. */

import type { VerifiedRequest } from './auth/verify-request.ts';
import type { Store } from './store/store.ts';
import type { Reply } from './wire/reply.ts';
import type { S3Request } from './wire/request.ts';

export interface Call {
  readonly request: S3Request;
  readonly verified: VerifiedRequest;
  readonly store: Store;
  readonly region: string;
  readonly now: () => Date;
}

/** Answers one kind of request. Throws S3Error for every other outcome. */
export type Action = (call: Call) => Reply | Promise<Reply>;
