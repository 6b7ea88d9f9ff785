import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { abis } from '../judge/abi.ts';
import type { ProfileName } from '../judge/profiles.ts';
import { makeElf } from './make-elf.ts';

export interface ArtifactPlan {
  readonly targets: readonly ProfileName[];
  /** Changes the files, by path inside `output/`, before they are packed. */
  readonly change?: (files: Map<string, Buffer>) => void;
}

/** An `output.tar.gz` that fits its devices, and what a manifest says about it. */
export function fakeArtifact({ targets, change = () => undefined }: ArtifactPlan) {
  const files = new Map<string, Buffer>([['meta.json', Buffer.from('{}')]]);
  for (const target of targets) {
    files.set(`bin/${target}/dropforge-run`, makeElf({ target, kind: 'program' }));
    files.set(`lib/${target}/libdropforge.so`, makeElf({ target, exported: abis.dropforge }));
  }
  change(files);
  return {
    archive: packTarGz(new Map([...files].map(([path, content]) => [`output/${path}`, content]))),
    files: [...files].map(([path, content]) => ({ path, sha256: sha256(content), bytes: content.length })),
  };
}

/** Plain ustar (POSIX.1-1988), written here because tests want it at once and packers of tar are streams. */
export function packTarGz(files: ReadonlyMap<string, Buffer>): Buffer {
  const entries = [...files].flatMap(([name, content]) => [
    tarHeader(name, content.length),
    content,
    Buffer.alloc((512 - (content.length % 512)) % 512),
  ]);
  return gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)]), { level: 1 });
}

function tarHeader(name: string, bytes: number): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  header.write(name, 0);
  header.write(`${octal(0o644, 7)}${octal(0, 7)}${octal(0, 7)}${octal(bytes, 11)}${octal(0, 11)}`, 100);
  header.write('        0', 148); // the checksum counts as blanks while it is summed
  header.write('ustar\x0000', 257);
  header.write(
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      6,
    )} `,
    148,
  );
  return header;
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
