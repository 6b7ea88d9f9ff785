/** Whether a click may be answered there: Slack's own host, or the Slack-like endpoint that messages go to. */
export function mayReplyTo(responseUrl: string, slackApiUrl: string | undefined): boolean {
  if (!URL.canParse(responseUrl)) return false;
  const { origin, username, password } = new URL(responseUrl);
  if (username || password) return false;
  return origin === 'https://hooks.slack.com' || (slackApiUrl !== undefined && origin === new URL(slackApiUrl).origin);
}
