/** Something in serverless.yml that the embedded cloud cannot follow; the message names file and place. */
export class ServerlessFileError extends Error {
  readonly code: ServerlessFileErrorCode;
  readonly place: string;

  constructor(code: ServerlessFileErrorCode, place: string, reason: string) {
    super(`${place}: ${reason}`);
    this.name = 'ServerlessFileError';
    this.code = code;
    this.place = place;
  }
}

export type ServerlessFileErrorCode =
  | 'FILE_UNREADABLE'
  | 'YAML_INVALID'
  | 'UNKNOWN_PARAMETER'
  | 'UNKNOWN_VARIABLE'
  | 'UNKNOWN_INTRINSIC'
  | 'UNKNOWN_RESOURCE'
  | 'UNSUPPORTED_TRIGGER'
  | 'VALUE_INVALID';
