import { pathsOf, placeOf, profileNames } from '@dropforge/artifact-inspection';
import { expect, it } from 'vitest';
import { targets } from '../targets/index.ts';
import { archivePath, libraryPaths, runnerPath } from './artifact-paths.ts';

it('puts every binary where the gate looks for it, and no other one', () => {
  expect(Object.keys(targets).sort()).toEqual([...profileNames].sort());
  for (const target of profileNames) {
    const written = [runnerPath(target), ...libraryPaths(target), archivePath(target)];
    expect(pathsOf(target).sort()).toEqual(written.sort());
    expect(written.map((path) => placeOf(path)?.target)).toEqual(written.map(() => target));
  }
});
