import { type ProblemCode, problems } from '@dropforge/api-contract';

type Answers = Record<string, { description: string; content?: Record<string, unknown> }>;

/** The answers of these problems, by status: each names its codes, and what they mean. */
export function problemAnswers(codes: readonly ProblemCode[]): Answers {
  const statuses = [...new Set(codes.map((code) => problems[code].status))].sort();
  return Object.fromEntries(
    statuses.map((status) => {
      const own = [...new Set(codes)].filter((code) => problems[code].status === status);
      const description = own.map((code) => `\`${code}\`: ${problems[code].meaning}`).join(' ');
      const schema = {
        allOf: [
          { $ref: '#/components/schemas/Problem' },
          { type: 'object', properties: { code: { type: 'string', enum: own } } },
        ],
      };
      const examples = Object.fromEntries(own.map((code) => [code, { $ref: `#/components/examples/${code}` }]));
      return [String(status), { description, content: { 'application/problem+json': { schema, examples } } }];
    }),
  );
}

/** An example of each problem, for `components.examples`. */
export function problemExamples(): Record<string, { value: unknown }> {
  return Object.fromEntries(
    Object.entries(problems).map(([code, { status, meaning }]) => {
      const type = `https://dropforge.dev/problems/${code.toLowerCase().replaceAll('_', '-')}`;
      return [code, { value: { type, title: code, status, detail: meaning, instance: '/runs', code } }];
    }),
  );
}

/**
 * Adds what API Gateway answers by itself, before or instead of the function.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-lambda.html
 */
export function gatewayAnswers(answers: Answers): Answers {
  // What a server says before it has read the request, and so without a body: RFC 6585, section 5.
  const all: Answers = { ...answers, 431: { description: 'The address and the headers are too long.' } };
  for (const [status, description] of Object.entries(gateway)) {
    const before = all[status];
    const content = { 'application/json': { schema: { $ref: '#/components/schemas/GatewayMessage' } } };
    all[status] = {
      description: before ? `${before.description} API Gateway: ${description}` : `API Gateway: ${description}`,
      content: { ...before?.content, ...content },
    };
  }
  return all;
}

const gateway: Readonly<Record<string, string>> = {
  400: 'The request is malformed.',
  401: 'The token is missing or not valid.',
  403: 'The signature is missing or not valid, or IAM does not allow the call.',
  404: 'There is no such route.',
  413: 'The body has more than 10 MB.',
  429: 'Too many requests.',
  500: 'The function failed.',
  503: 'The function did not answer in time.',
};
