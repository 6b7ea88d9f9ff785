/** A pattern that EventBridge would refuse when the rule is created. */
export class InvalidEventPatternError extends Error {
  readonly code = 'INVALID_EVENT_PATTERN';
  readonly place: string;

  constructor(place: string, reason: string) {
    super(`Event pattern is not valid${place === '' ? '' : ` at ${place}`}: ${reason}`);
    this.name = 'InvalidEventPatternError';
    this.place = place;
  }
}
