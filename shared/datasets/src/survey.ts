import { hash } from 'node:crypto';
import { cleanPath, isSystemLitter } from './archive/path.ts';
import { DropRefused, type FindingCode, type FindingLog, UnreadableEntry } from './findings.ts';
import type { FileFacts } from './formats/format.ts';
import { checkImage, claimsImage, type ImageCheck } from './image/check-image.ts';
import type { Limits } from './limits.ts';
import type { DropEntry, DropReader } from './ports.ts';

/** One file of the drop after its content was seen. */
export interface SurveyedFile extends ImageCheck {
  readonly index: number;
  /** NFC, relative, safe. */
  readonly path: string;
  readonly bytes: number;
  /** 64 hex digits; empty when the content could not be read. */
  readonly sha256: string;
}

/** What the first pass over a drop learns. Content is seen and forgotten; only these facts stay in memory. */
export interface Survey {
  readonly files: readonly SurveyedFile[];
  /** Folders that the drop names, NFC, without a trailing slash. */
  readonly folders: ReadonlySet<string>;
  readonly recipe: RecipeFile | undefined;
}

export interface RecipeFile {
  readonly path: string;
  readonly text: string;
}

export const RECIPE_BYTES_MAX = 65_536;
const recipeName = /^([^/]+\/)?(recipe\.ya?ml|dropforge\.yaml)$/i;
/** Closes a drop of loose files; no part of the dataset. */
const READY_MARKER = '_READY';
/** Images decoded at a time; decoding runs on the thread pool (four threads unless UV_THREADPOOL_SIZE says else). */
const DECODING_AT_ONCE = 4;

export interface SurveyOptions {
  readonly limits: Limits;
  /** Told after each file, in order of completion. */
  readonly onFile?: (filesSeen: number) => void;
}

/** Reads every entry once: refuses nothing but what makes reading on pointless, and notes the rest in `findings`. */
export async function surveyDrop(drop: DropReader, findings: FindingLog, options: SurveyOptions): Promise<Survey> {
  const notes = new SurveyNotes(findings, options);
  const running = new Set<Promise<void>>();
  let failure: Error | undefined;
  let entries = 0;
  for await (const entry of drop.entries()) {
    entries += 1;
    const path = notes.pathOf(entry);
    if (path === undefined) continue;
    const content = entry.kind === 'file' ? await readEntry(entry) : specialFile(entry);
    if (!Buffer.isBuffer(content)) {
      notes.keep({ index: entry.index, path, bytes: entry.size, sha256: '', problem: content });
      continue;
    }
    if (notes.isRecipe(path, content)) continue;
    const check = surveyContent(entry.index, path, content, options.limits)
      .then((file) => notes.keep(file))
      .catch((error: Error) => {
        failure ??= error;
      })
      .finally(() => running.delete(check));
    running.add(check);
    if (running.size >= DECODING_AT_ONCE) await Promise.race(running);
    if (failure !== undefined) break;
  }
  await Promise.all(running);
  if (failure !== undefined) throw failure;
  if (entries === notes.litter && findings.count('UNSAFE_PATH') === 0) {
    const detail = entries === 0 ? 'no entries' : 'only files of the operating system';
    throw new DropRefused('ARCHIVE_EMPTY', drop.name, detail);
  }
  return { files: [...notes.files.values()], folders: notes.folders, recipe: notes.recipe };
}

/** What the survey has noted so far. */
class SurveyNotes {
  readonly files = new Map<string, SurveyedFile>();
  readonly folders = new Set<string>();
  recipe: RecipeFile | undefined;
  /** Files of operating systems and editors, passed over in silence. */
  litter = 0;
  readonly #findings: FindingLog;
  readonly #options: SurveyOptions;
  #seen = 0;

  constructor(findings: FindingLog, options: SurveyOptions) {
    this.#findings = findings;
    this.#options = options;
  }

  /** The clean path of an entry that must be looked into; folders, litter and unsafe paths end here. */
  pathOf(entry: DropEntry): string | undefined {
    const clean = cleanPath(entry.path, this.#options.limits);
    if ('unsafe' in clean) {
      this.#findings.add('UNSAFE_PATH', entry.path, clean.unsafe);
      return undefined;
    }
    const { path } = clean;
    if (path === '') return undefined; // "./", the packed folder itself
    if (isSystemLitter(path) || path === READY_MARKER) {
      this.litter += 1;
      return undefined;
    }
    if (!entry.isUtf8) this.#findings.add('NAME_NOT_UTF8', path, 'read in an older code page');
    if (entry.kind !== 'directory') return path;
    this.folders.add(path);
    return undefined;
  }

  /** The recipe nearest to the top counts. */
  isRecipe(path: string, content: Buffer): boolean {
    if (!recipeName.test(path) || content.length > RECIPE_BYTES_MAX) return false;
    const found = { path, text: content.toString('utf8') };
    const rank = (recipe: RecipeFile) => `${recipe.path.split('/').length} ${recipe.path}`;
    if (this.recipe === undefined || rank(found) < rank(this.recipe)) this.recipe = found;
    return true;
  }

  /** Of two files with one name the later counts, as it would on unpacking. */
  keep(file: SurveyedFile): void {
    const known = this.files.get(file.path);
    if (known !== undefined) this.#findings.add('DUPLICATE_PATH', file.path, 'named twice');
    if (known === undefined || known.index < file.index) this.files.set(file.path, file);
    this.#seen += 1;
    this.#options.onFile?.(this.#seen);
  }
}

/** What a format may know of a file: one that claims to be an image counts as one, so that its layout is seen. */
export function factsOf(file: SurveyedFile): FileFacts {
  return {
    path: file.path,
    isImage: file.type !== undefined || (file.problem !== undefined && claimsImage(file.path)),
  };
}

async function surveyContent(index: number, path: string, content: Buffer, limits: Limits): Promise<SurveyedFile> {
  const check = await checkImage(path, content, limits.pixels);
  return { index, path, bytes: content.length, sha256: hash('sha256', content, 'hex'), ...check };
}

/** The content, or why this one entry has none. */
async function readEntry(entry: DropEntry): Promise<Buffer | { code: FindingCode; detail: string }> {
  try {
    return await entry.read();
  } catch (error) {
    if (error instanceof UnreadableEntry) return { code: error.code, detail: error.message };
    throw error;
  }
}

function specialFile(entry: DropEntry): { code: FindingCode; detail: string } {
  const isLink = entry.kind === 'symlink' || entry.kind === 'hardlink';
  return isLink
    ? { code: 'LINK', detail: `is a ${entry.kind}` }
    : { code: 'SPECIAL_FILE', detail: 'is a device, a pipe or a socket' };
}
