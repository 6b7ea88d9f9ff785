import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

export interface PackedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
}

/**
 * A gzip-compressed tar archive that depends on nothing but the files: entries sorted by path, no owner, no time.
 * Directories have entries of their own, so that any tar makes them readable.
 */
export async function packTarGz(files: readonly PackedFile[]): Promise<Buffer> {
  const archive = pack();
  const date = new Date(0);
  const owner = { uid: 0, gid: 0, uname: '', gname: '', mtime: date };
  const entries = [
    ...parentDirectories(files.map(({ path }) => path)).map((path) => ({ path, file: undefined })),
    ...files.map((file) => ({ path: file.path, file })),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const { path, file } of entries) {
    if (file === undefined) archive.entry({ ...owner, name: `${path}/`, type: 'directory', mode: 0o755 });
    else archive.entry({ ...owner, name: path, mode: file.executable ? 0o755 : 0o644 }, Buffer.from(file.bytes));
  }
  archive.finalize();
  const compressed = gzipSync(await buffer(archive), { level: 9 });
  compressed[9] = 255; // RFC 1952: the operating system is unknown; zlib would name the one that it was built for
  return compressed;
}

function parentDirectories(paths: readonly string[]): string[] {
  const directories = new Set<string>();
  for (const path of paths) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      directories.add(path.slice(0, end));
    }
  }
  return [...directories];
}
