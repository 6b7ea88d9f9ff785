/** `node local/src/main.ts`: keeps an embedded cloud running until Ctrl-C. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const USAGE = `Usage: node local/src/main.ts [options]
  --directory DIR   where everything is kept            (.dropforge)
  --aws-port PORT   S3, DynamoDB, EventBridge, …; 0 takes a free one   (4566)
  --api-port PORT   the HTTP API; 0 takes a free one    (4500)
  --file FILE       the application                     (serverless.yml)
  --stage STAGE     its stage                           (the file's own)
  --param NAME=VALUE    a parameter of the file, as for deploying; may be repeated
  --record-calls FILE   every call of AWS's API, one JSON line each`;

const root = fileURLToPath(new URL('../..', import.meta.url));

// SQLite's warning would be the first thing that everybody reads.
process.removeAllListeners('warning');
process.on('warning', (warning) => {
  if (warning.name !== 'ExperimentalWarning') console.error(`${warning.name}: ${warning.message}`);
});

try {
  await main();
} catch (error) {
  const expected = error instanceof Error && 'code' in error;
  console.error(expected ? `${error.code}: ${error.message}` : error);
  if (expected && String(error.code).startsWith('ERR_PARSE_ARGS')) console.error(USAGE);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      directory: { type: 'string', default: '.dropforge' },
      'aws-port': { type: 'string', default: '4566' },
      'api-port': { type: 'string', default: '4500' },
      file: { type: 'string', default: path.join(root, 'serverless.yml') },
      stage: { type: 'string' },
      param: { type: 'string', multiple: true, default: [] },
      'record-calls': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  const ports = { aws: port('aws-port', values['aws-port']), api: port('api-port', values['api-port']) };
  const { directory, file: serverlessFile, stage } = values;
  const { startCloud } = await import('./start.ts');
  const { localServices } = await import('./local-services.ts');
  const options = {
    directory,
    serverlessFile,
    ports,
    services: localServices,
    parameters: parameters(values.param),
    log: (line: string) => console.log(line),
    ...(values['record-calls'] === undefined ? {} : { recordCalls: values['record-calls'] }),
  };
  const startedAt = performance.now();
  const cloud = await startCloud(stage === undefined ? options : { ...options, stage });
  stopOnSignal(() => cloud.stop());
  console.log(greeting(cloud, performance.now() - startedAt));
}

function parameters(given: readonly string[]): Record<string, string> {
  const pairs = given.map((text) => /^(\w+)=(.*)$/s.exec(text) ?? fail(`--param takes name=value, not "${text}".`));
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, value]));
}

function port(name: string, text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= 65_535) return number;
  return fail(`--${name} takes a number from 0 to 65535, not "${text}".`);
}

function fail(message: string): never {
  throw Object.assign(new Error(message), { code: 'OPTION_INVALID' });
}

function greeting(cloud: import('./start.ts').Cloud, milliseconds: number): string {
  const { endpoints, environment, description } = cloud;
  const bucket = description.buckets[0]?.name ?? 'bucket';
  const bus = description.buses[0] ?? 'default';
  const width = Math.max(...Object.keys(endpoints).map((name) => name.length));
  const variables = ['AWS_ENDPOINT_URL', 'AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];
  const drop = 'drops/my/one/my.zip';
  const request = { project: 'my', idempotencyKey: 'again', source: { drop } };
  const entry = [
    { EventBusName: bus, Source: 'me', DetailType: 'training.requested', Detail: JSON.stringify(request) },
  ];
  return [
    `The embedded cloud runs (${description.functions.length} functions, ready in ${(milliseconds / 1000).toFixed(1)} s).`,
    ...Object.entries(endpoints).map(([name, url]) => `  ${name.padEnd(width)}  ${url}`),
    `  ${'bus'.padEnd(width)}  ${endpoints.aws}, event bus ${bus}`,
    '',
    'In another terminal, any of these starts a run:',
    '  npx dropforge drop ./folder --watch',
    `  export ${variables.map((name) => `${name}=${environment[name]}`).join(' ')}`,
    `  aws s3 cp my.zip s3://${bucket}/${drop}`,
    `  aws events put-events --entries '${JSON.stringify(entry)}'`,
    `  curl -X POST ${endpoints.api}/runs -H 'Content-Type: application/json' -H 'Idempotency-Key: again' -d '${JSON.stringify({ project: 'my', source: { drop } })}'`,
    '',
    `Look on with: npx dropforge runs, ${endpoints.slack ?? endpoints.api}`,
    'Ctrl-C stops it; everything is kept and goes on at the next start.',
  ].join('\n');
}

/** The first signal stops cleanly, a second one at once: the state is written to survive that. */
function stopOnSignal(stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = () => {
    if (stopping) process.exit(130);
    stopping = true;
    console.log('Stopping…');
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}
