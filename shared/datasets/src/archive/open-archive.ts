import { createGunzip } from 'node:zlib';
import { DropRefused } from '../findings.ts';
import type { Limits } from '../limits.ts';
import type { DropReader, RandomAccessSource } from '../ports.ts';
import { detectArchiveType, HEAD_BYTES, isTarHeader } from './detect-type.ts';
import { openTar } from './tar.ts';
import { openZip } from './zip.ts';

/**
 * Opens a dropped archive by what it is, whatever it is called. Reads a few kilobytes (a zip's directory included).
 * Throws `DropRefused` when it is no archive, is encrypted, or declares more than the limits allow.
 */
export async function openArchive(source: RandomAccessSource, limits: Limits): Promise<DropReader> {
  const head = await source.read(0, Math.min(HEAD_BYTES, source.size));
  const detected = detectArchiveType(head);
  switch (detected.type) {
    case 'zip':
      return openZip(source, limits);
    case 'tar':
      return openTar(source, limits);
    case 'gzip':
      await requireTarInside(source);
      return openTar(source, limits, createGunzip);
    case 'empty':
      throw new DropRefused('ARCHIVE_EMPTY', source.name, 'the file has 0 bytes');
    case 'unsupported':
      throw new DropRefused('UNSUPPORTED_ARCHIVE', source.name, detected.what);
    case 'none':
      throw new DropRefused('NOT_AN_ARCHIVE', source.name, detected.what);
  }
}

/** What the name promises differs from what the content is; undefined when they agree or the name promises nothing. */
export function misnamed(name: string, kind: DropReader['kind']): string | undefined {
  const promised = /\.(zip|tar\.gz|tgz|tar)$/i.exec(name)?.[1]?.toLowerCase().replace('tgz', 'tar.gz');
  return promised === undefined || promised === kind ? undefined : `named .${promised} but it is ${kind}`;
}

/** Unpacks the first block only, to tell a packed tar from any other packed file. */
async function requireTarInside(source: RandomAccessSource): Promise<void> {
  const packed = source.stream();
  const gunzip = createGunzip({ chunkSize: 4096 });
  let sourceError: Error | undefined;
  packed.on('error', (error) => {
    sourceError = error;
    gunzip.destroy(error);
  });
  packed.pipe(gunzip);
  let block = Buffer.alloc(0);
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      // a zlib stream without encoding yields buffers
      block = Buffer.concat([block, chunk]);
      if (block.length >= HEAD_BYTES) break;
    }
  } catch (error) {
    if (sourceError !== undefined) throw sourceError;
    throw new DropRefused('ARCHIVE_DAMAGED', source.name, `gzip: ${(error as Error).message}`); // zlib throws only Error
  } finally {
    packed.destroy();
    gunzip.destroy();
  }
  if (block.length === 0) throw new DropRefused('ARCHIVE_EMPTY', source.name, 'the gzip file unpacks to 0 bytes');
  if (!isTarHeader(block))
    throw new DropRefused('NOT_AN_ARCHIVE', source.name, 'it is a gzip file without a tar inside');
}
