import type { IncomingMessage } from 'node:http';
import { load } from './load-builtin.ts';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

const timeoutMilliseconds = 15_000;
const largestAnswerBytes = 64 << 10;

/** One HTTP or HTTPS request; TLS is loaded only where it is used, because it takes memory. */
export async function sendRequest(
  method: string,
  url: URL,
  headers: Record<string, string>,
  body = '',
): Promise<Answer> {
  const request = url.protocol === 'https:' ? load('node:https').request : load('node:http').request;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const length = { 'content-length': String(Buffer.byteLength(body)) };
    const sent = request(url, { method, headers: { ...headers, ...length }, timeout: timeoutMilliseconds });
    sent.on('response', resolve);
    sent.on('timeout', () =>
      sent.destroy(new Error(`${url.host} gave no answer within ${timeoutMilliseconds / 1_000} s`)),
    );
    sent.on('error', reject);
    sent.end(body);
  });
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    text += chunk;
    if (text.length > largestAnswerBytes)
      throw new Error(`${url.host} answered with more than ${largestAnswerBytes} bytes`);
  }
  return { status: response.statusCode ?? 0, body: text };
}
