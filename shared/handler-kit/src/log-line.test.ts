import { Console } from 'node:console';
import { PassThrough } from 'node:stream';
import { Logger } from '@aws-lambda-powertools/logger';
import { expect, it } from 'vitest';
import { harmless, LineFormatter } from './log-line.ts';

/** What a logger with our form writes, line by line. */
function written(log: (logger: Logger) => void): string[] {
  const out = new PassThrough();
  const logger = new Logger({
    logLevel: 'DEBUG',
    serviceName: 'dropforge',
    logFormatter: new LineFormatter(),
    jsonReplacerFn: harmless,
  });
  Object.assign(logger, { console: new Console({ stdout: out, stderr: out }) }); // where it writes on Lambda
  log(logger);
  return String(out.read() ?? '')
    .trimEnd()
    .split('\n');
}

const line = (log: (logger: Logger) => void) => JSON.parse(written(log)[0] ?? '');

it('has its code apart from its sentence', () => {
  expect(line((logger) => logger.info('RUN_MOVED: the run went on: well', { state: 'trained' }))).toEqual({
    level: 'INFO',
    code: 'RUN_MOVED',
    message: 'the run went on: well',
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    service: 'dropforge',
    state: 'trained',
  });
  expect(line((logger) => logger.info('something else'))).toMatchObject({ code: 'UNCODED', message: 'something else' });
});

it('says of an error what helps, and nothing of the request that the SDK hangs on it', () => {
  const cause = new TypeError('inner');
  const error = Object.assign(new Error('outer', { cause }), { $response: { headers: { authorization: 'secret' } } });
  const { error: told } = line((logger) => logger.error('STEP_FAILED: it threw', error));
  expect(told).toEqual({
    name: 'Error',
    message: 'outer',
    stack: expect.stringContaining('outer'),
    cause: { name: 'TypeError', message: 'inner', stack: expect.stringContaining('inner') },
  });
});

it.each([
  ['a line end', 'cat\n{"level":"ERROR","code":"FORGED"}'],
  ['a carriage return', 'cat\r{"level":"ERROR"}'],
  ['an escape', 'cat\u001b[2J\u001b[31m'],
  ['a C1 control', 'cat\u009b2J'],
  ['a mark that turns text around', 'cat\u202egnp.'],
  ['a line separator', 'cat\u2028dog'],
  ['half a surrogate pair', 'cat\ud800'],
])('stays one line of harmless text whatever a class is called: %s', (_what, name) => {
  const lines = written((logger) => logger.info('DROP_NOT_COMPLETE: x', { key: name, classes: { [name]: [name] } }));
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toMatch(/[\p{Cc}\u2028\u2029\p{Bidi_Control}]/u);
  const { code, key, classes } = JSON.parse(lines[0] ?? '');
  expect(code).toBe('DROP_NOT_COMPLETE');
  for (const text of [key, ...Object.keys(classes)]) expect(text).not.toMatch(/(?!\n)[\p{Cc}\u2028\p{Bidi_Control}]/u);
});

it.each([
  'xoxb-1234567890-abcdefghij',
  'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  'AKIAIOSFODNN7EXAMPLE',
  'Bearer eyJhbGciOiJIUzI1NiJ9.e30.abc',
  'https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIAX%2F20260101&X-Amz-Signature=0123456789abcdef',
  '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA\n-----END PRIVATE KEY-----',
])('leaves no secret in a message, a value or an error: %s', (secret) => {
  const [text = ''] = written((logger) =>
    logger.error(`STEP_FAILED: it was ${secret}`, { deep: [{ value: secret }], error: new Error(secret) }),
  );
  const heart = secret.replace(/^.*?(?:Signature=|Bearer |KEY-----\n)/s, '').slice(-12, -1);
  expect(text).not.toContain(heart);
});

it('cuts a text that nobody would read to its end', () => {
  expect(line((logger) => logger.info('RUN_MOVED: x', { text: 'x'.repeat(1_000_000) })).text).toHaveLength(8_000);
});
