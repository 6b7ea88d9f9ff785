/** SQS's refusals, each with the code of its JSON protocol and of the query protocol before it. */
import { AwsError } from '../aws-endpoint/aws-error.ts';

export class SqsError extends AwsError {
  override readonly queryCode: string;

  /** `queryCode`: absent where both protocols have the same word. */
  constructor(code: string, message: string, { status = 400, queryCode = code } = {}) {
    super(status, code, message);
    this.queryCode = queryCode;
  }
}

/** One of the errors that the query protocol calls `AWS.SimpleQueueService.…`. */
export function sqsError(code: string, message: string, queryName = code): SqsError {
  return new SqsError(code, message, { queryCode: `AWS.SimpleQueueService.${queryName}` });
}

export function invalidParameter(message: string): SqsError {
  return new SqsError('InvalidParameterValue', message);
}

export function missingParameter(name: string): SqsError {
  return new SqsError('MissingParameter', `The request must contain the parameter ${name}.`);
}

export function queueDoesNotExist(): SqsError {
  return sqsError('QueueDoesNotExist', 'The specified queue does not exist.', 'NonExistentQueue');
}
