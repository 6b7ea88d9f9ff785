import { open, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { defaultLimits, type FileFacts, formats, RECIPE_BYTES_MAX } from '@dropforge/datasets';
import { parseRecipe } from '@dropforge/recipe';
import { CliError } from '../cli-error.ts';
import { formatBytes } from '../terminal/text.ts';
import { faultReasons } from './recipe-faults.ts';
import { type Survey, surveyFolder } from './survey-folder.ts';

/** What is to be dropped, after everything that can be seen from here was checked. */
export type CheckedDrop =
  | { readonly kind: 'folder'; readonly path: string; readonly survey: Survey; readonly recipe?: string }
  | {
      readonly kind: 'archive';
      readonly path: string;
      readonly bytes: number;
      readonly suffix: string;
      readonly recipe?: string;
    };

/** Refuses what would be refused later, before anything is sent or spent. */
export async function checkDrop(target: string, recipeFile: string | undefined): Promise<CheckedDrop> {
  const facts = await stat(target).catch(() => undefined);
  if (!facts)
    throw new CliError('notFound', 'DROP_NOT_FOUND', 'There is no such folder or archive.', {
      where: target,
      action: 'Check the path.',
    });
  if (facts.isFile()) {
    const suffix = await checkArchive(target, facts.size);
    return { kind: 'archive', path: target, bytes: facts.size, suffix, ...(await readRecipe(recipeFile)) };
  }
  if (!facts.isDirectory())
    throw new CliError('refused', 'NOT_A_FILE', 'It is neither a folder nor a file.', { where: target });
  const survey = await surveyFolder(target);
  checkFolder(target, survey);
  const inside = survey.files.find(({ name }) => /^(recipe\.ya?ml|dropforge\.yaml)$/i.test(name));
  return { kind: 'folder', path: target, survey, ...(await readRecipe(recipeFile ?? inside?.path)) };
}

/** The kinds that the validation reads, by suffix and first bytes. */
const archives = [
  { suffix: /\.zip$/i, magic: 'PK' },
  { suffix: /\.(tar\.gz|tgz)$/i, magic: '\x1f\x8b' },
  { suffix: /\.tar$/i, magic: undefined }, // old ones have no mark
] as const;

async function checkArchive(file: string, bytes: number): Promise<string> {
  const kind = archives.find(({ suffix }) => suffix.test(file));
  const suffix = kind && (kind.suffix.exec(file)?.[0] ?? '');
  const action = 'Pack the class folders as .zip, .tar, .tar.gz or .tgz, or drop the folder itself.';
  if (!kind || !suffix)
    throw new CliError('refused', 'UNSUPPORTED_ARCHIVE', 'The file is no archive of a kind that is read.', {
      where: file,
      action,
    });
  if (bytes === 0)
    throw new CliError('refused', 'ARCHIVE_EMPTY', 'The archive is an empty file.', { where: file, action });
  if (bytes > defaultLimits.totalBytes) throw tooLarge(file, bytes);
  const head = await firstBytes(file, 2);
  if (kind.magic === undefined || head === kind.magic) return suffix;
  throw new CliError('refused', 'NOT_AN_ARCHIVE', `The file is named ${suffix} but does not begin like one.`, {
    where: file,
    action,
  });
}

async function firstBytes(file: string, length: number): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Looks at names and sizes only; contents are the validation's, here with `--check` or in the cloud. */
function checkFolder(where: string, { files, bytes }: Survey): void {
  const action = 'Use one folder per class (cat/1.jpg, dog/2.jpg), or train/<class>/ and validation/<class>/.';
  const facts: FileFacts[] = files.map(({ name }) => ({
    path: name.normalize('NFC'),
    isImage: /\.(jpe?g|png|jfif)$/i.test(name),
  }));
  if (files.length === 0)
    throw new CliError('refused', 'ARCHIVE_EMPTY', 'The folder holds no files.', { where, action });
  if (!facts.some(({ isImage }) => isImage))
    throw new CliError('refused', 'NO_IMAGES', `None of the ${files.length} files is a JPEG or PNG image.`, {
      where,
      action,
    });
  if (files.length > defaultLimits.entries)
    throw new CliError(
      'refused',
      'ARCHIVE_TOO_LARGE',
      `The folder holds ${files.length} files; ${defaultLimits.entries} are read.`,
      { where, action: 'Drop fewer images.' },
    );
  if (bytes > defaultLimits.totalBytes) throw tooLarge(where, bytes);
  const refusals: string[] = [];
  for (const format of formats) {
    const layout = format.detect(facts);
    if (layout === undefined) continue;
    if ('refused' in layout) {
      refusals.push(layout.refused);
      continue;
    }
    const classes = new Set(facts.flatMap(({ path: name, isImage }) => (isImage ? classOf(layout.placeOf(name)) : [])));
    if (classes.size !== 1) return;
    throw new CliError('refused', 'ONE_CLASS', `There is only one class: ${[...classes][0]}.`, {
      where,
      action: 'Add the folder of at least one other class.',
    });
  }
  throw new CliError(
    'refused',
    'LAYOUT_UNKNOWN',
    `The folders are not laid out as a known dataset format: ${refusals.join('; ')}.`,
    { where, action },
  );
}

function classOf(place: { role: string; className?: string }): string[] {
  return place.role === 'image' && place.className !== undefined ? [place.className] : [];
}

function tooLarge(where: string, bytes: number): CliError {
  const message = `The drop has ${formatBytes(bytes)}; ${formatBytes(defaultLimits.totalBytes)} are read.`;
  return new CliError('refused', 'ARCHIVE_TOO_LARGE', message, { where, action: 'Drop fewer or smaller images.' });
}

/** Reads and checks a recipe; all its faults are told at once. */
async function readRecipe(file: string | undefined): Promise<{ recipe?: string }> {
  if (file === undefined) return {};
  const { size } = await stat(file);
  const name = path.basename(file);
  if (size > RECIPE_BYTES_MAX)
    throw new CliError(
      'refused',
      'RECIPE_TOO_LARGE',
      `A recipe has at most ${RECIPE_BYTES_MAX} bytes; this has ${size}.`,
      { where: file },
    );
  const text = await readFile(file, 'utf8');
  const result = parseRecipe(text, { fileName: name });
  if (result.ok) return { recipe: text };
  throw new CliError(
    'refused',
    'RECIPE_INVALID',
    `The recipe has ${result.faults.length === 1 ? 'a fault' : `${result.faults.length} faults`}; nothing was sent.`,
    {
      where: file,
      action: 'Correct them, then drop again.',
      reasons: faultReasons(result.faults, name),
    },
  );
}
