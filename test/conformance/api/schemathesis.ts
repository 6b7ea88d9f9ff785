/** Schemathesis sends what the OpenAPI document allows and what it forbids, and reads every answer against it. https://schemathesis.readthedocs.io */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Result } from '../checks.ts';
import { type InhabitedCloud, startInhabitedCloud } from './inhabited-cloud.ts';

/** One check; schemathesis.toml says what it looks at. */
export async function fuzzApi(bin: string, documentFile: string): Promise<Result[]> {
  const cloud = await startInhabitedCloud();
  const directory = await mkdtemp(join(tmpdir(), 'dropforge-schemathesis-'));
  try {
    const document = join(directory, 'openapi.json');
    await writeFile(document, withExamples(await readFile(documentFile, 'utf8'), cloud));
    const config = fileURLToPath(new URL('./schemathesis.toml', import.meta.url));
    const args = ['--config-file', config, 'run', document, '--url', cloud.api, '--no-color', '--continue-on-failure'];
    const { isGood, output } = await run(join(bin, 'schemathesis'), args, directory);
    const detail = isGood ? `${caseCount(output)} requests, no answer that is not in the document` : failuresOf(output);
    return [{ name: 'Schemathesis', outcome: isGood ? 'passed' : 'failed', detail }];
  } finally {
    await rm(directory, { recursive: true, force: true });
    await cloud.stop();
  }
}

/** The document's examples name a run and a model that are nowhere; these are in the cloud. */
function withExamples(document: string, { runId, waitingRunId, modelId }: InhabitedCloud): string {
  const { paths } = JSON.parse(document) as { paths: Record<string, Record<string, { parameters?: Parameter[] }>> }; // OpenAPI's form
  for (const [path, operations] of Object.entries(paths)) {
    const examples = new Map([
      ['runId', /(approve|decline)$/.test(path) ? waitingRunId : runId],
      ['modelId', modelId],
    ]);
    for (const { name, schema } of Object.values(operations).flatMap(({ parameters = [] }) => parameters)) {
      if (examples.has(name)) Object.assign(schema, { example: examples.get(name) });
    }
  }
  return JSON.stringify({ ...JSON.parse(document), paths });
}

interface Parameter {
  readonly name: string;
  readonly schema: object;
}

function caseCount(output: string): string {
  return /(\d[\d,]*) generated/.exec(output)?.[1] ?? 'no';
}

/** Its report from the first failure on, or all of it where it could not even begin. */
function failuresOf(output: string): string {
  const start = output.search(/^=+ (ERRORS|FAILURES) =+$/m);
  return start < 0 ? output : output.slice(start);
}

async function run(command: string, args: string[], cwd: string): Promise<{ isGood: boolean; output: string }> {
  const { promise, resolve } = Promise.withResolvers<{ isGood: boolean; output: string }>();
  execFile(command, args, { cwd, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
    resolve({ isGood: error === null, output: `${stdout}${stderr}`.trim() });
  });
  return promise;
}
