import { type Style, sanitize, style } from './text.ts';

/** Where a command writes and what it may ask. Tests give one of their own. */
export interface Terminal {
  /** Standard output: results. */
  readonly write: (text: string) => void;
  /** Standard error: errors, notes, and whatever moves. */
  readonly writeError: (text: string) => void;
  /** Results go to a person, not into a file or a pipe. */
  readonly isTerminal: boolean;
  /** Standard error goes to a person: it may be redrawn. */
  readonly isErrorTerminal: boolean;
  readonly columns: number;
  /** Standard input, for questions. */
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
}

/** Writes results and notes; keeps one line at the bottom that moves. Whatever others wrote is made harmless here. */
export interface Screen {
  /** A line of the result. */
  line(text?: string, as?: Style): void;
  /** A line beside the result: a note, a warning, an error. */
  note(text: string, as?: Style): void;
  /** Replaces the moving line; nothing happens when nobody watches. */
  status(text: string): void;
  readonly isLive: boolean;
}

/** `quiet`: results are JSON, so lines for people are left out. */
export function createScreen(terminal: Terminal, environment: Readonly<Record<string, string | undefined>>): Screen {
  const coloured = !environment.NO_COLOR && environment.TERM !== 'dumb';
  const isLive = terminal.isErrorTerminal && environment.TERM !== 'dumb';
  let moving = false;
  const clear = () => {
    if (moving) terminal.writeError('\r\u001b[2K');
    moving = false;
  };
  return {
    isLive,
    line(text = '', as) {
      clear();
      terminal.write(`${style(sanitize(text), coloured && terminal.isTerminal ? as : undefined)}\n`);
    },
    note(text, as) {
      clear();
      terminal.writeError(`${style(sanitize(text), coloured && terminal.isErrorTerminal ? as : undefined)}\n`);
    },
    status(text) {
      if (!isLive) return;
      clear();
      if (text === '') return;
      terminal.writeError(sanitize(text).slice(0, Math.max(20, terminal.columns - 1)));
      moving = true;
    },
  };
}
