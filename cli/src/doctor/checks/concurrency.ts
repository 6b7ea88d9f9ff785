import { failed, ok } from '../finding.ts';
import type { Check } from '../patient.ts';

/** Young accounts begin with 10. Enough for every function to run a few times at once. */
const fewest = 100;

/** How many invocations Lambda runs at once for functions that reserve none, which ours do not. https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html */
export const concurrency: Check = {
  name: 'concurrency',
  async examine({ lambda }) {
    const { total, unreserved } = await lambda.accountConcurrency();
    if (unreserved >= fewest) return ok(`${unreserved} invocations at once, of ${total} in the account`);
    return failed(
      `${unreserved} invocations at once, of ${total} in the account: events wait, and the API turns callers away`,
      'Ask for 1000 "Concurrent executions" of AWS Lambda in Service Quotas (L-B99A9384).',
    );
  },
};
