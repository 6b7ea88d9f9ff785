import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FunctionDescription } from '../serverless-file/description.ts';
import { functionDescription } from '../testing/function-description.ts';
import { functionEnvironment } from './environment.ts';
import { createFunctions, type Functions } from './functions.ts';
import { openLogFile } from './log-file.ts';

const source = `
import { setTimeout as sleep } from 'node:timers/promises';
let count: number = 0;
export const echo = async (event: unknown, context: any) => {
  console.log('seen', JSON.stringify(event));
  return { event, count: ++count, name: context.functionName, arn: context.invokedFunctionArn,
    memory: context.memoryLimitInMB, id: context.awsRequestId, left: context.getRemainingTimeInMillis(),
    colour: process.env.COLOUR, key: process.env.AWS_ACCESS_KEY_ID, home: process.env.SECRET_OF_THE_PARENT ?? null };
};
export const nothing = async () => {};
export const fails = async () => { throw new RangeError('too far'); };
export const exits = async () => process.exit(7);
export const rejects = async () => { Promise.reject(new Error('nobody listens')); await sleep(1000); };
export const hangs = async () => { for (;;); };
export const hoards = async () => { const all = []; for (;;) all.push(new Array(1e5).fill(Math.random())); };
export const slow = async () => { await sleep(100); return Date.now(); };
`;

let directory = '';
let functions: Functions;

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'dropforge-lambda-'));
  const handlerFile = path.join(directory, 'handler.ts');
  writeFileSync(handlerFile, source);
  process.env.SECRET_OF_THE_PARENT = 'not for functions';
  const exported = ['echo', 'nothing', 'fails', 'exits', 'rejects', 'hangs', 'hoards', 'slow', 'missing'];
  const descriptions = exported.map((name) => describeFunction(name, handlerFile));
  functions = createFunctions({
    functions: descriptions,
    directory,
    environmentOf: (description) =>
      functionEnvironment(description, { COLOUR: 'red' }, { accessKeyId: 'own', secretAccessKey: 'own' }),
  });
});

afterAll(async () => {
  await functions.close();
  rmSync(directory, { recursive: true });
});

function describeFunction(name: string, handlerFile: string): FunctionDescription {
  const limits = {
    timeoutSeconds: name === 'hoards' ? 60 : 1,
    memoryMegabytes: 128,
    reservedConcurrency: name === 'slow' ? 1 : undefined,
  };
  return functionDescription({ key: name, handlerFile, handlerExport: name, ...limits });
}

async function invoke(name: string, event: unknown = {}) {
  const result = await functions.invoke(name, JSON.stringify(event));
  return result.ok ? { ...result, value: JSON.parse(result.payload) } : { ...result, value: undefined };
}

describe('a function', () => {
  it('receives the event, a full context and its own environment', async () => {
    const { value } = await invoke('echo', { a: [1] });
    expect(value).toMatchObject({
      event: { a: [1] },
      name: 'test-dev-echo',
      memory: '128',
      colour: 'red',
      key: 'own',
      home: null,
    });
    expect(value.arn).toMatch(/^arn:aws:lambda:.*:function:test-dev-echo$/);
    expect(value.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(value.left).toBeGreaterThan(0);
    expect(value.left).toBeLessThanOrEqual(1000);
  });

  it('stays warm and writes its log', async () => {
    const first = await invoke('echo', { a: 'first' });
    const second = await invoke('echo', { a: 'second' });
    expect(second.value.count).toBe(first.value.count + 1);
    await expect
      .poll(() => readFileSync(path.join(directory, 'logs/echo.log'), 'utf8'))
      .toMatch(/START RequestId: .*[\s\S]*seen {"a":"second"}/);
  });

  it('without a result answers null', async () => {
    expect(await invoke('nothing')).toMatchObject({ ok: true, payload: 'null' });
  });

  it('that throws reports type, message and trace', async () => {
    const result = await invoke('fails');
    expect(result).toMatchObject({ ok: false, errorType: 'RangeError', errorMessage: 'too far' });
    expect(!result.ok && result.trace[0]).toBe('RangeError: too far');
  });

  it.each([
    ['exits', 'Runtime.ExitError', /exit status 7/],
    ['rejects', 'Runtime.UnhandledPromiseRejection', /nobody listens/],
    ['hangs', 'Sandbox.Timedout', /Task timed out after 1.00 seconds/],
    ['hoards', 'Runtime.OutOfMemory', /memory/],
    ['missing', 'Runtime.HandlerNotFound', /missing is undefined or not exported/],
  ])('that %s fails its invocation with %s, and every further one alike', async (name, errorType, message) => {
    expect(await invoke(name)).toMatchObject({ errorType, errorMessage: expect.stringMatching(message) });
    expect(await invoke(name)).toMatchObject({ errorType });
    expect((await invoke('nothing')).ok).toBe(true);
  });

  it('that does not exist is an error like any other', async () => {
    expect(await invoke('nobody')).toMatchObject({ ok: false, errorType: 'ResourceNotFoundException' });
  });

  it('with a reserved concurrency of one runs one event after the other', async () => {
    const [first, second] = await Promise.all([invoke('slow'), invoke('slow')]);
    expect(Math.abs(second.value - first.value)).toBeGreaterThanOrEqual(95);
  });
});

describe('a log file', () => {
  it('begins anew when it is full and keeps the one before', () => {
    const log = openLogFile(directory, 'rotated', 100);
    for (const line of ['first', 'second', 'third', 'fourth']) log.write(line);
    const lines = (name: string) =>
      readFileSync(path.join(directory, name), 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.slice(25));
    expect([lines('rotated.log.1'), lines('rotated.log')]).toEqual([['first', 'second', 'third'], ['fourth']]);
  });

  it('cuts a stream into lines, wherever its pieces end', async () => {
    const file = openLogFile(directory, 'pieces');
    const stream = Readable.from([
      Buffer.from('ä').subarray(0, 1),
      Buffer.concat([Buffer.from('ä').subarray(1), Buffer.from('b\nc')]),
    ]);
    file.follow(stream);
    await once(stream, 'close');
    const lines = readFileSync(path.join(directory, 'pieces.log'), 'utf8').trim().split('\n');
    expect(lines.map((line) => line.slice(25))).toEqual(['äb', 'c']);
  });
});
