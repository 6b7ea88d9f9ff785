/** Something that keeps a deployment from going on: what happened and what to do. */
export class DeployError extends Error {
  readonly code: string;
  readonly action: string;

  constructor(code: string, message: string, action: string) {
    super(message);
    this.name = 'DeployError';
    this.code = code;
    this.action = action;
  }
}
