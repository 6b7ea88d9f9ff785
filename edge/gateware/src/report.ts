/** What a command found. */
export interface Report {
  /** Content of the file that `--json` names. */
  readonly json: unknown;
  readonly failed: boolean;
}
