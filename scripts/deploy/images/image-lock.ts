/** The conversion image's own lock file: of the repository's, what the converter needs. */

interface LockedPackage {
  readonly name?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly [other: string]: unknown;
}

export interface LockFile {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface ImagePackage {
  readonly name: string;
  readonly workspaces: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
}

/** The packages that `image` needs, with all that they need, at the versions of `lock`. */
export function imageLock(lock: LockFile, image: ImagePackage): LockFile & Record<string, unknown> {
  const needed = new Map<string, LockedPackage>();
  const add = (name: string): void => {
    const path = `node_modules/${name}`;
    const locked = lock.packages[path];
    if (locked === undefined || needed.has(path)) return; // a package that is optional, and not for this machine
    needed.set(path, locked);
    for (const next of Object.keys({ ...locked.dependencies, ...locked.optionalDependencies })) add(next);
  };
  for (const name of Object.keys(image.dependencies)) add(name);
  for (const path of image.workspaces) {
    const workspace = lock.packages[path] ?? {};
    needed.set(path, workspace).set(`node_modules/${workspace.name}`, { resolved: path, link: true });
  }
  const packages = Object.fromEntries([...needed].sort(([one], [other]) => (one < other ? -1 : 1)));
  return {
    name: image.name,
    lockfileVersion: lock.lockfileVersion,
    requires: true,
    packages: { '': { ...image }, ...packages },
  };
}
