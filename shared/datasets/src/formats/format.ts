import type { Split } from '../manifest.ts';

/** What a format sees of a file: its path (NFC, relative, safe) and whether its content is an image. */
export interface FileFacts {
  readonly path: string;
  readonly isImage: boolean;
}

/** What a file is for in a layout. `folder` is the class folder's path, for messages. */
export type Place =
  | { readonly role: 'image'; readonly split: Split | 'unsplit'; readonly className: string; readonly folder: string }
  /** An image below a class folder, but not directly. */
  | { readonly role: 'misplaced'; readonly className: string; readonly folder: string }
  /** An image of a split that is not used. */
  | { readonly role: 'unused' }
  | { readonly role: 'stray' };

/** How the files of one drop are laid out. */
export interface Layout {
  readonly format: string;
  readonly task: 'classification';
  /** One sentence: what in the drop speaks for this format. */
  readonly evidence: string;
  /** Whether the drop itself says which images validate. */
  readonly isSplit: boolean;
  /** Folder that holds everything, ending in `/`, or empty. */
  readonly root: string;
  placeOf(path: string): Place;
  /** The class that a folder stands for, or undefined when the folder is something else. */
  classOfFolder(path: string): { readonly split: Split | 'unsplit'; readonly className: string } | undefined;
}

/** One dataset format. Add a file here, list it in `registry.ts`, and drops in it are understood. */
export interface DatasetFormat {
  readonly name: string;
  /** The layout when the files speak for this format; the sentence of a refusal when they speak for it but cannot be used. */
  detect(files: readonly FileFacts[]): Layout | { readonly refused: string } | undefined;
}
