import type { ApiClient } from './api/api-client.ts';
import type { Cloud } from './cloud/cloud.ts';
import type { Screen, Terminal } from './terminal/terminal.ts';
import { jsonText } from './terminal/text.ts';

/** What a command is given. Nothing is connected before it is asked for. */
export interface Context {
  readonly terminal: Terminal;
  readonly screen: Screen;
  /** Results as JSON on standard output, one object. */
  readonly json: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder that relative paths start from. */
  readonly directory: string;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** Between two looks at something that changes. */
  readonly pollMilliseconds: number;
  /** Finds the cloud anew each time: one that was started again answers elsewhere. */
  connect(): Promise<{ cloud: Cloud; api: ApiClient }>;
}

/** Writes a result: as JSON, or as lines for people. */
export function report(context: Context, value: unknown, forPeople: () => void): void {
  if (context.json) context.terminal.write(`${jsonText(value, 2)}\n`);
  else forPeople();
}
