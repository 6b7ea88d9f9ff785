/**
 * Every problem that the API answers with, by its stable code: the status, and what it means. The document's `detail`
 * says it for the one request.
 */
export const problems = {
  REQUEST_INVALID: { status: 400, meaning: 'Fields of the body or of the query are missing, wrong or unknown.' },
  BODY_NOT_JSON: { status: 400, meaning: 'The body is not JSON in UTF-8.' },
  BODY_NOT_BASE64: { status: 400, meaning: 'The body is marked as base64 and is none.' },
  BODY_NOT_EXPECTED: { status: 400, meaning: 'The route takes no body.' },
  IDEMPOTENCY_KEY_INVALID: { status: 400, meaning: 'The Idempotency-Key is empty, too long, repeated or not text.' },
  KEY_UNFIT: { status: 400, meaning: 'The names make no key that a drop can have.' },
  WEBHOOK_URL_REFUSED: { status: 400, meaning: 'Webhooks are not sent to this address.' },
  INTERACTION_INVALID: { status: 400, meaning: 'Slack sent something that is no click on a button of ours.' },
  SIGNATURE_INVALID: { status: 401, meaning: "The request is not signed with Slack's secret, or too old or too new." },
  PROJECT_NOT_ALLOWED: { status: 403, meaning: 'The caller may not act for this project.' },
  NO_SUCH_RUN: { status: 404, meaning: 'There is no such run among those that the caller may see.' },
  NO_SUCH_MODEL: { status: 404, meaning: 'There is no such model among those that the caller may see.' },
  NO_SUCH_WEBHOOK: { status: 404, meaning: 'There is no such webhook among those that the caller may see.' },
  NO_SUCH_ROUTE: { status: 404, meaning: 'There is no such route.' },
  NOT_POSSIBLE_NOW: { status: 409, meaning: 'The run is in a state in which this cannot be done.' },
  MODEL_CHANGED: { status: 409, meaning: 'The run has another model than the one that is named.' },
  IDEMPOTENCY_KEY_REUSED: { status: 409, meaning: 'The Idempotency-Key was used before, with another request.' },
  WEBHOOKS_FULL: { status: 409, meaning: 'There are as many webhooks as there may be.' },
  BODY_TOO_LARGE: { status: 413, meaning: 'The body has more than 524288 bytes.' },
  CONTENT_TYPE_UNSUPPORTED: { status: 415, meaning: 'The body is not sent as application/json.' },
  INTERNAL_ERROR: { status: 500, meaning: 'The request failed on our side.' },
} as const satisfies Record<string, { status: number; meaning: string }>;

export type ProblemCode = keyof typeof problems;

/** What any route may answer, whatever it does. */
export const commonProblems = [
  'REQUEST_INVALID',
  'BODY_NOT_JSON',
  'BODY_NOT_BASE64',
  'BODY_TOO_LARGE',
  'CONTENT_TYPE_UNSUPPORTED',
  'INTERNAL_ERROR',
] as const satisfies readonly ProblemCode[];
