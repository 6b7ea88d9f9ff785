import type { Split } from '../manifest.ts';
import type { DatasetFormat, Layout, Place } from './format.ts';

/** Folder names that mean "validate with these", in the order of preference. */
const validationNames = ['validation', 'val', 'valid', 'test'];
const splitNames = ['train', ...validationNames];

/**
 * One folder per class, as Caltech 101 is distributed: `<class>/<image>`, or `train/<class>/<image>` beside
 * `validation|val|valid|test/<class>/<image>`; any of it inside one wrapping folder.
 */
export const caltech101: DatasetFormat = {
  name: 'caltech101',
  detect(files) {
    const images = files.filter((file) => file.isImage).map((file) => file.path.split('/'));
    if (images.length === 0) return undefined;
    const root = findRoot(images);
    const below = images.filter((path) => startsWith(path, root)).map((path) => path.slice(root.length));
    const splits = findSplits(below);
    if (splits !== undefined) return splitLayout(root, splits);
    if (mostly(below, (path) => path.length === 1)) {
      return { refused: 'the images lie side by side, not in class folders' };
    }
    const folders = new Set(below.filter((path) => path.length === 2).map((path) => path[0])).size;
    if (folders === 0) return { refused: 'the images lie in folders inside folders; no folder is clearly a class' };
    return classLayout(root, folders);
  },
};

/** Goes down while nearly all images share a folder that holds folders of images; a split's folder is not a wrapper. */
function findRoot(images: readonly string[][]): string[] {
  const root: string[] = [];
  for (;;) {
    const here = images.filter((path) => startsWith(path, root));
    const next = mostCommon(here.filter((path) => path.length > root.length + 2).map((path) => path[root.length]));
    if (next === undefined || splitNames.includes(next.toLowerCase())) return root;
    if (!mostly(here, (path) => path[root.length] === next && path.length > root.length + 2)) return root;
    root.push(next);
  }
}

/** Split folder (as written) by what it is used for, when the top folders are splits that hold class folders. */
function findSplits(below: readonly string[][]): Map<string, Split | 'unused'> | undefined {
  const tops = [...new Set(below.filter((path) => path.length > 1).map((path) => path[0] ?? ''))];
  const named = tops.filter((top) => splitNames.includes(top.toLowerCase()));
  // A class may be called "train" or "test": a split holds class folders, a class holds images.
  const splits = named.filter((top) =>
    mostly(
      below.filter((path) => path[0] === top),
      (path) => path.length > 2,
    ),
  );
  const hasTrain = splits.some((top) => top.toLowerCase() === 'train');
  if (splits.length === 0 || (!hasTrain && splits.length < tops.length)) return undefined;
  const preferred = validationNames.find((name) => splits.some((top) => top.toLowerCase() === name));
  const use = (top: string) => (top === 'train' ? 'train' : top === preferred ? 'validation' : 'unused');
  return new Map(splits.map((top) => [top, use(top.toLowerCase())]));
}

function splitLayout(root: readonly string[], splits: ReadonlyMap<string, Split | 'unused'>): Layout {
  const isSplit = [...splits.values()].includes('validation');
  const splitOf = (top: string | undefined) => {
    const split = splits.get(top ?? '');
    return split === 'train' && !isSplit ? 'unsplit' : split;
  };
  const names = [...splits.keys()].sort().map((name) => `${name}/`);
  return {
    ...common(root),
    isSplit,
    evidence: `class folders inside ${names.join(' and ')}${wrapper(root)}`,
    placeOf(path) {
      const [top, className, ...rest] = relative(path, root);
      const split = splitOf(top);
      if (split === undefined || className === undefined || rest.length === 0) return { role: 'stray' };
      if (split === 'unused') return { role: 'unused' };
      return place(className, [...root, top ?? '', className], rest, split);
    },
    classOfFolder(path) {
      const [top, className, ...rest] = relative(path, root);
      const split = splitOf(top);
      if (split === undefined || split === 'unused' || className === undefined || rest.length > 0) return undefined;
      return { split, className };
    },
  };
}

function classLayout(root: readonly string[], folders: number): Layout {
  return {
    ...common(root),
    isSplit: false,
    evidence: `${folders} ${folders === 1 ? 'folder' : 'folders'} with images directly inside${wrapper(root)}`,
    placeOf(path) {
      const [className, ...rest] = relative(path, root);
      if (className === undefined || rest.length === 0) return { role: 'stray' };
      return place(className, [...root, className], rest, 'unsplit');
    },
    classOfFolder(path) {
      const [className, ...rest] = relative(path, root);
      return className === undefined || rest.length > 0 ? undefined : { split: 'unsplit', className };
    },
  };
}

function place(className: string, folder: readonly string[], rest: readonly string[], split: Split | 'unsplit'): Place {
  const where = `${folder.join('/')}/`;
  return rest.length > 1
    ? { role: 'misplaced', className, folder: where }
    : { role: 'image', split, className, folder: where };
}

const common = (root: readonly string[]) =>
  ({ format: 'caltech101', task: 'classification', root: root.map((name) => `${name}/`).join('') }) as const;

const wrapper = (root: readonly string[]) => (root.length === 0 ? '' : `, all in ${root.join('/')}/`);

/** The names below the root; none when the path is elsewhere. */
function relative(path: string, root: readonly string[]): string[] {
  const names = path.split('/');
  return startsWith(names, root) ? names.slice(root.length) : [];
}

const startsWith = (path: readonly string[], root: readonly string[]) => root.every((name, i) => path[i] === name);

/** A few files in the wrong place must not hide the layout of the rest; they are reported by their place. */
function mostly(paths: readonly string[][], is: (path: string[]) => boolean): boolean {
  return paths.length > 0 && paths.filter(is).length >= 0.9 * paths.length;
}

function mostCommon(names: readonly (string | undefined)[]): string | undefined {
  const counts = new Map<string | undefined, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), [undefined, 0] as const)[0];
}
