/** An error that a service answers with; SDKs turn `code` into the name of the exception. */
export class AwsError extends Error {
  readonly status: number;
  readonly code: string;
  /** Further members of the error's structure. */
  readonly members: Record<string, unknown>;
  /** The code of the service's older query protocol, which clients of SQS still compare. */
  readonly queryCode?: string;

  constructor(status: number, code: string, message: string, members: Record<string, unknown> = {}) {
    super(message);
    this.name = 'AwsError';
    this.status = status;
    this.code = code;
    this.members = members;
  }
}
