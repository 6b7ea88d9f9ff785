/** The TestEventPattern action. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html */
import { AwsError } from '../aws-endpoint/aws-error.ts';
import { compileEventPattern } from './event-pattern.ts';
import { InvalidEventPatternError } from './invalid-event-pattern-error.ts';

/** @throws AwsError InvalidEventPatternException when a rule with the pattern would be refused. */
export function testEventPattern({ EventPattern: pattern, Event: event }: Record<string, unknown>): {
  Result: boolean;
} {
  try {
    return { Result: compileEventPattern(parse(pattern, 'EventPattern'))(parse(event, 'Event')) };
  } catch (error) {
    if (!(error instanceof InvalidEventPatternError)) throw error;
    throw new AwsError(400, 'InvalidEventPatternException', error.message);
  }
}

function parse(text: unknown, member: string): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    throw new AwsError(400, 'InvalidEventPatternException', `${member} is not JSON.`);
  }
}
