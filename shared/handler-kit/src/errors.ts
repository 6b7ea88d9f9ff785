/** The world is down, not the input and not our code: the event is worth another delivery. */
export class RetryableError extends Error {
  override readonly name = 'RetryableError';
}

/** A variable that a service needs is missing or unusable: the cold start stops and names every one of them. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
