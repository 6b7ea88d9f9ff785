import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { CliError } from '../cli-error.ts';
import type { Output } from './output.ts';
import { readOutput } from './read-output.ts';

const BYTES_MAX = 64 * 2 ** 20;

/** A file, or the `output.json` of a folder: in it, or in its `output`, where run.py leaves it. */
export async function loadOutput(directory: string, given: string): Promise<Output> {
  const name = await findFile(directory, given);
  const file = path.resolve(directory, name);
  const found = await stat(file);
  if (!found.isFile())
    throw new CliError('refused', 'FILE_UNKNOWN', 'It is neither a file nor a folder.', {
      where: name,
      action: 'Give an output.json.',
    });
  if (found.size > BYTES_MAX)
    throw new CliError('refused', 'FILE_TOO_LARGE', `At most ${BYTES_MAX} bytes are read; this has ${found.size}.`, {
      where: name,
      action: 'Predict fewer images at once.',
    });
  return readOutput(await readFile(file), name);
}

async function findFile(directory: string, given: string): Promise<string> {
  const found = await stat(path.resolve(directory, given));
  if (!found.isDirectory()) return given;
  const places = [path.join(given, 'output.json'), path.join(given, 'output', 'output.json')];
  for (const place of places) if (await stat(path.resolve(directory, place)).catch(() => undefined)) return place;
  throw new CliError('notFound', 'NO_OUTPUT', 'The folder holds no output.json.', {
    where: given,
    action: 'dropforge-run and run.py write output/output.json below the folder that they run in.',
  });
}
