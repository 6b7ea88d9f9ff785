/** What the Slack route needs of the world, in its own words. */
export interface SlackPorts {
  /** undefined: nobody has set the buttons up. */
  settings(): Promise<SlackSettings | undefined>;
  /** Shows a sentence to the one person who clicked; it may fail, and then it is only not shown. */
  reply(responseUrl: string, text: string): Promise<void>;
}

export interface SlackSettings {
  readonly signingSecret: string;
  /** The workspace whose people are meant, `T…`. */
  readonly team: string;
  /** Ids of the people who may decide, `U…`: names can be changed by those who have them. */
  readonly approvers: readonly string[];
}
