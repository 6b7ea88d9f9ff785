import type { ProblemCode } from './problems.ts';

/** The one route that Slack calls: no authorizer stands before it, the signature over the body does. */
export const slackInteractions = {
  method: 'POST',
  path: '/slack/interactions',
  summary: "Takes a click on a button of a run's message, signed by Slack. Answered within three seconds.",
  headers: {
    'X-Slack-Request-Timestamp': 'Seconds since 1970; at most 300 away from now.',
    'X-Slack-Signature': '`v0=` and the HMAC-SHA256 of `v0:<timestamp>:<body>` in hexadecimal digits.',
  },
  problems: ['BODY_NOT_BASE64', 'BODY_TOO_LARGE', 'INTERACTION_INVALID', 'SIGNATURE_INVALID', 'INTERNAL_ERROR'],
} as const satisfies {
  method: string;
  path: string;
  summary: string;
  headers: Readonly<Record<string, string>>;
  problems: readonly ProblemCode[];
};
