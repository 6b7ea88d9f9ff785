import type { KnownBlock } from '@slack/types';

/** What this service needs of the world, in its own words. */
export interface Ports {
  /** undefined: nobody has set Slack up. */
  slack(): Promise<Slack | undefined>;
  readonly threads: Threads;
  /** Where people see more: the HTTP API; undefined: none. */
  readonly apiUrl: string | undefined;
}

export interface Slack {
  /** Whether clicks on buttons are taken: else there are none. */
  readonly takesClicks: boolean;
  post(message: Message): Promise<Posted>;
  edit(posted: Posted, message: Message): Promise<void>;
}

export interface Message {
  /** What notifications and screen readers show. */
  readonly text: string;
  readonly blocks: KnownBlock[];
}

export interface Posted {
  readonly channel: string;
  /** Slack's id of a message within its channel. */
  readonly ts: string;
}

/** Remembers which message belongs to which run. */
export interface Threads {
  read(runId: string): Promise<Posted | undefined>;
  /** True for the one caller that may post the run's message; the right lapses after half a minute. */
  claim(runId: string): Promise<boolean>;
  write(runId: string, posted: Posted): Promise<void>;
}
