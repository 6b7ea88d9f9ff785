import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { imageLock } from './image-lock.ts';

const read = (path: string) =>
  JSON.parse(readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8'));
const repository = read('package-lock.json');
const image = read('jobs/convert/image/package.json');

it("the conversion image's lock file has the versions of the repository's", () => {
  const written = read('jobs/convert/image/package-lock.json');
  expect(written, 'Run `npm run images -- --lock`.').toEqual(imageLock(repository, image));
});

it('the conversion image has the versions that package.json names', () => {
  expect(read('package.json').dependencies).toMatchObject(image.dependencies);
});

it('a lock file holds what the packages need in turn, and nothing more', () => {
  const packages = {
    'node_modules/a': { version: '1.0.0', dependencies: { b: '^1' }, optionalDependencies: { other: '1' } },
    'node_modules/b': { version: '1.2.0', dependencies: { a: '^1' } },
    'node_modules/c': { version: '3.0.0' },
    job: { name: '@x/job', version: '0.1.0' },
  };
  const own = { name: 'image', workspaces: ['job'], dependencies: { a: '1.0.0' } };
  expect(imageLock({ lockfileVersion: 3, packages }, own).packages).toEqual({
    '': own,
    job: packages.job,
    'node_modules/@x/job': { resolved: 'job', link: true },
    'node_modules/a': packages['node_modules/a'],
    'node_modules/b': packages['node_modules/b'],
  });
});
