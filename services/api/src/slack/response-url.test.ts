import { expect, it } from 'vitest';
import { mayReplyTo } from './response-url.ts';

it.each([
  ['https://hooks.slack.com/actions/T/1/x', undefined, true],
  ['http://hooks.slack.com/actions/T/1/x', undefined, false],
  ['https://hooks.slack.com.example.com/', undefined, false],
  ['https://hooks.slack.com:8443/', undefined, false],
  ['https://ana@hooks.slack.com/', undefined, false],
  ['https://169.254.169.254/', undefined, false],
  ['no url', undefined, false],
  ['http://127.0.0.1:9000/response/1', 'http://127.0.0.1:9000/api/', true],
  ['http://127.0.0.1:9001/response/1', 'http://127.0.0.1:9000/api/', false],
])('%s may be answered where messages go to %s: %s', (url, slackApiUrl, allowed) => {
  expect(mayReplyTo(url, slackApiUrl)).toBe(allowed);
});
