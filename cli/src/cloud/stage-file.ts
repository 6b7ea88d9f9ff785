import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { CliError } from '../cli-error.ts';

/** How a stage on AWS is reached; what `dropforge connect` writes. No secrets: those are the SDK's and the environment's. */
export const Stage = z.object({
  api: z.url(),
  bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'a bucket name'),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region such as us-east-1'),
  auth: z.enum(['none', 'bearer', 'iam']),
});
export type Stage = z.output<typeof Stage>;

type Environment = Readonly<Record<string, string | undefined>>;

/** `~/.config/dropforge/<stage>.json`, or below XDG_CONFIG_HOME. Throws STAGE_NAME_INVALID. */
export function stageFile(stage: string, environment: Environment): string {
  if (!/^[A-Za-z0-9][\w-]{0,63}$/.test(stage)) {
    throw new CliError('usage', 'STAGE_NAME_INVALID', `"${stage}" cannot name a stage.`, {
      action: 'Use letters, digits, "-" and "_".',
    });
  }
  const base = environment.XDG_CONFIG_HOME || path.join(environment.HOME || homedir(), '.config');
  return path.join(base, 'dropforge', `${stage}.json`);
}

export async function readStage(stage: string, environment: Environment): Promise<Stage> {
  const file = stageFile(stage, environment);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new CliError('unreachable', 'STAGE_UNKNOWN', `The stage ${stage} is not known on this machine.`, {
      where: file,
      action: `Tell where it is: dropforge connect ${stage} --api URL --bucket NAME --region REGION`,
    });
  });
  const stored = Stage.safeParse(parseJson(text));
  if (stored.success) return stored.data;
  throw new CliError('refused', 'STAGE_FILE_INVALID', `The stage's file is damaged: ${z.prettifyError(stored.error)}`, {
    where: file,
    action: `Write it again: dropforge connect ${stage} --api URL --bucket NAME --region REGION`,
  });
}

export async function writeStage(stage: string, content: Stage, environment: Environment): Promise<string> {
  const file = stageFile(stage, environment);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`);
  return file;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
