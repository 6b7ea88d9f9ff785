/** Exit codes, stable: scripts compare them. `docs/cli.md` explains each. */
export const exitCodes = {
  ok: 0,
  /** The run, the model or the input was refused, or ended badly. */
  refused: 1,
  /** The command line is wrong. */
  usage: 2,
  /** No cloud is found, or it does not answer. */
  unreachable: 3,
  notFound: 4,
  /** Not possible in the state that things are in. */
  conflict: 5,
  /** The credentials are missing or do not suffice. */
  notAllowed: 6,
  /** A fault of this program. */
  defect: 70,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

/** The digit alone would say nothing where an error is made. */
export type ExitName = Exclude<keyof typeof exitCodes, 'ok'>;

export interface CliErrorDetails {
  /** A file, a line, a run, an address. */
  readonly where?: string | undefined;
  /** What to do about it. */
  readonly action?: string | undefined;
  /** Further reasons of the same refusal. */
  readonly reasons?: readonly ReasonText[] | undefined;
  readonly cause?: unknown;
}

export interface ReasonText {
  readonly code: string;
  readonly message: string;
  readonly where?: string | undefined;
  readonly action?: string | undefined;
}

/** What a person is told when a command cannot do what was asked: what happened, where, what to do. */
export class CliError extends Error implements ReasonText {
  override readonly name = 'CliError';
  readonly exit: ExitName;
  /** Stable, UPPER_SNAKE. */
  readonly code: string;
  readonly where: string | undefined;
  readonly action: string | undefined;
  readonly reasons: readonly ReasonText[];

  constructor(exit: ExitName, code: string, message: string, details: CliErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.exit = exit;
    this.code = code;
    this.where = details.where;
    this.action = details.action;
    this.reasons = details.reasons ?? [];
  }
}
