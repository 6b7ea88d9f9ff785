import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FileLink } from '@dropforge/api-contract';
import { CliError } from '../cli-error.ts';

/** The content behind a link, in memory; refused when it is larger than `maximumBytes`. */
export async function downloadBytes(link: FileLink, maximumBytes: number): Promise<Buffer> {
  if (link.bytes > maximumBytes) {
    throw new CliError(
      'refused',
      'FILE_TOO_LARGE',
      `${link.name} has ${link.bytes} bytes; at most ${maximumBytes} are read.`,
    );
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of counted(await open(link), link)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Writes the content behind a link to a file, which is there only when it is whole. */
export async function downloadFile(link: FileLink, target: string, signal: AbortSignal): Promise<void> {
  const part = `${target}.part`;
  try {
    await pipeline(Readable.from(counted(await open(link, signal), link)), createWriteStream(part), { signal });
    await rename(part, target);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function open(link: FileLink, signal?: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const response = await fetch(link.url, signal ? { signal } : {}).catch((error: Error) => {
    if (signal?.aborted) throw error;
    throw new CliError('unreachable', 'STORAGE_NOT_REACHABLE', `${link.name} cannot be fetched: ${error.message}.`, {
      where: new URL(link.url).origin,
      action: 'Try again.',
      cause: error,
    });
  });
  if (response.ok && response.body) return response.body;
  throw new CliError(
    'refused',
    'DOWNLOAD_REFUSED',
    `${link.name} cannot be fetched: the storage answered ${response.status}.`,
    {
      action: 'Ask for the links again; they hold for an hour.',
    },
  );
}

/** Never more than was announced, and never less. */
async function* counted(body: ReadableStream<Uint8Array>, { name, bytes }: FileLink): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > bytes) break;
    yield chunk;
  }
  if (length === bytes) return;
  throw new CliError('unreachable', 'DOWNLOAD_INCOMPLETE', `${name} is not the ${bytes} bytes that were announced.`, {
    action: 'Try again.',
  });
}
