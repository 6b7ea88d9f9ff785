import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { isBinary } from '@dropforge/artifact-inspection';
import { downloadBytes } from '../api/download.ts';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { findOutput } from '../predict/find-output.ts';

/** What was given, by its first bytes and not by its name. */
export interface Subject {
  readonly kind: 'binary' | 'artifact' | 'model';
  /** A path, a model id or a run id. */
  readonly name: string;
  readonly bytes: Buffer;
}

const BYTES_MAX = 256 * 2 ** 20;

/** A file of this machine; else the artifact of a model or a run. */
export async function loadSubject(context: Context, given: string): Promise<Subject> {
  const file = path.resolve(context.directory, given);
  const found = await stat(file).catch(() => undefined);
  // What looks like a path is one, so that a missing file is not looked for in the cloud.
  if (found || given.includes('/') || /\.(so|a|safetensors|gz|tgz)$/.test(given)) {
    const { size } = found ?? (await stat(file));
    if (size > BYTES_MAX) throw tooLarge(given, size);
    return { name: given, ...recognise(given, await readFile(file)) };
  }
  const { name, link } = await findOutput((await context.connect()).api, given, 'output.tar.gz');
  return { name, ...recognise(name, await downloadBytes(link, BYTES_MAX)) };
}

function recognise(name: string, bytes: Buffer): Pick<Subject, 'kind' | 'bytes'> {
  if (isBinary(bytes)) return { kind: 'binary', bytes };
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return { kind: 'artifact', bytes };
  // Safetensors: eight bytes of length, then JSON.
  if (bytes[8] === 0x7b) return { kind: 'model', bytes };
  throw new CliError('refused', 'FILE_UNKNOWN', 'It is no library, program, artifact or model.', {
    where: name,
    action: 'Give a .so, a .a, a program, an output.tar.gz or a model.safetensors, or a model id or a run.',
  });
}

function tooLarge(where: string, size: number): CliError {
  return new CliError('refused', 'FILE_TOO_LARGE', `At most ${BYTES_MAX} bytes are read; this has ${size}.`, { where });
}
