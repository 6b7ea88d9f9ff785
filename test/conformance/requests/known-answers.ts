/** Where a stand-in answers otherwise than the model says, on purpose. */
export interface KnownAnswer {
  /** `<service>:<operation>`. */
  readonly operation: string;
  readonly fault: RegExp;
  readonly reason: string;
}

export const knownAnswers: readonly KnownAnswer[] = [
  {
    operation: 'dynamodb:BatchGetItem',
    fault: /^\.UnprocessedKeys has 0 entries/,
    reason: 'AWS as well answers with an empty map; the model speaks of requests, which have the same shape',
  },
];
