import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { pathsOf, placeOf } from '../artifact/layout.ts';
import { abis } from '../judge/abi.ts';
import type { ProfileName } from '../judge/profiles.ts';
import { makeElf } from './make-elf.ts';
import { makeArchive, makeObject } from './make-object.ts';

export interface ArtifactPlan {
  readonly targets: readonly ProfileName[];
  /** Changes the files, by path inside `output/`, before they are listed and packed. */
  readonly change?: ((files: Map<string, Buffer>) => void) | undefined;
  /** What the manifest says besides its list of files. */
  readonly manifest?: object;
}

/** An `output.tar.gz` that fits its devices, with its manifest inside and beside it. */
export function fakeArtifact({ targets, change = () => undefined, manifest = {} }: ArtifactPlan) {
  const files = new Map<string, Buffer>([['README.md', Buffer.from('# A network')]]);
  for (const target of targets) for (const path of pathsOf(target)) files.set(path, binaryFor(target, path));
  change(files);
  const listed = [...files].map(([path, content]) => ({ path, sha256: sha256(content), bytes: content.length }));
  const manifestFile = Buffer.from(JSON.stringify({ ...manifest, files: listed }));
  return { archive: packArtifact(files, manifestFile), manifest: manifestFile, files };
}

/** The same files with another manifest. */
export function packArtifact(files: ReadonlyMap<string, Buffer>, manifest: Uint8Array): Buffer {
  const packed = [...files, ['manifest.json', Buffer.from(manifest)] as const];
  return packTarGz(new Map(packed.map(([path, content]) => [`output/${path}`, content])));
}

/** Both ABIs, as every library of an artifact has them. */
const exported = [...abis.dropforge, ...abis.blueoil];

function binaryFor(target: ProfileName, path: string): Buffer {
  const role = placeOf(path)?.role;
  if (role === 'archive') return makeArchive([makeObject({ target, exported })]);
  return role === 'program' ? makeElf({ target, kind: 'program' }) : makeElf({ target, exported });
}

/** Plain ustar (POSIX.1-1988), written here because tests want it at once and packers of tar are streams. */
export function packTarGz(files: Iterable<readonly [name: string, content: Buffer]>, { type = '0' } = {}): Buffer {
  const entries = [...files].flatMap(([name, content]) => [
    tarHeader(name, content.length, type),
    content,
    Buffer.alloc((512 - (content.length % 512)) % 512),
  ]);
  return gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)]), { level: 1 });
}

function tarHeader(name: string, bytes: number, type: string): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  header.write(name, 0);
  header.write(`${octal(0o644, 7)}${octal(0, 7)}${octal(0, 7)}${octal(bytes, 11)}${octal(0, 11)}`, 100);
  header.write('        0', 148); // the checksum counts as blanks while it is summed
  header.write(type, 156);
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
