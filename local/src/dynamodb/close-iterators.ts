/** Mends how dynalite reads from its store, before it is used; see `closeIterators`. */
import { createRequire } from 'node:module';

/** Of abstract-level, as far as it matters here. */
interface IteratorClass {
  readonly prototype: { close(): Promise<void>; return?(): Promise<void> };
}

/**
 * dynalite ends its iterators by `return()`, which those of its version of LevelDB do not have, so that every query and
 * every scan leaves one open. An open iterator holds on to everything that was there when it began: the store grows with
 * every write, and LevelDB 1.20 can bring old versions of an item back when it compacts while there are several of them.
 * https://github.com/google/leveldb/issues/320
 */
export function closeIterators(): void {
  // Neither package is a dependency of ours: they are found the way dynalite finds them.
  const fromDynalite = createRequire(createRequire(import.meta.url).resolve('dynalite'));
  const abstractLevel = createRequire(fromDynalite.resolve('level'))('abstract-level');
  const classes: IteratorClass[] = [abstractLevel.AbstractKeyIterator, abstractLevel.AbstractValueIterator];
  for (const { prototype } of classes) {
    prototype.return ??= function () {
      return this.close();
    };
  }
}
