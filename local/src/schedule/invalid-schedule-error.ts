/** A schedule that EventBridge would refuse. */
export class InvalidScheduleError extends Error {
  readonly code = 'INVALID_SCHEDULE';

  constructor(expression: string, reason: string) {
    super(`Schedule "${expression}" is not valid: ${reason}`);
    this.name = 'InvalidScheduleError';
  }
}
