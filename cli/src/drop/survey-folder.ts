import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { CliError } from '../cli-error.ts';

export interface FolderFile {
  /** Below the folder, `/` between names. */
  readonly name: string;
  /** Of this machine. */
  readonly path: string;
  readonly bytes: number;
}

export interface Survey {
  /** In the order of their names' UTF-8 bytes, so that equal folders give equal archives. */
  readonly files: readonly FolderFile[];
  readonly bytes: number;
  /** What is not sent, with the reason: links, devices, pipes. */
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
}

/** Lists a folder, with sizes. Links are never followed: they may lead to anything. Litter of systems is passed over. */
export async function surveyFolder(folder: string): Promise<Survey> {
  const files: FolderFile[] = [];
  const leftOut: { name: string; why: string }[] = [];
  for await (const { name, path: file } of walk(folder, '')) {
    if (name.includes('\uFFFD')) {
      throw new CliError('refused', 'NAME_NOT_UTF8', 'A file name is not UTF-8, so nobody could say what it means.', {
        where: file,
        action: 'Rename it, then drop the folder again.',
      });
    }
    const facts = await lstat(file);
    if (facts.isFile()) files.push({ name, path: file, bytes: facts.size });
    else leftOut.push({ name, why: facts.isSymbolicLink() ? 'a link' : 'no plain file' });
  }
  files.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  return { files, leftOut, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

async function* walk(folder: string, prefix: string): AsyncGenerator<{ name: string; path: string }> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (isLitter(entry.name)) continue;
    const [name, file] = [prefix + entry.name, path.join(folder, entry.name)];
    if (entry.isDirectory()) yield* walk(file, `${name}/`);
    else yield { name, path: file };
  }
}

/** Left behind by systems and editors; the validation passes over the same. */
function isLitter(name: string): boolean {
  return name.startsWith('.') || name === '__MACOSX' || /^(thumbs\.db|ehthumbs\.db|desktop\.ini|@eadir)$/i.test(name);
}
