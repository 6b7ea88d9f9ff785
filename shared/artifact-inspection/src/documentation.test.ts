import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { inspectionErrorCodes } from './inspection-error.ts';
import { abis } from './judge/abi.ts';
import { faultCodes } from './judge/fault.ts';
import { profiles } from './judge/profiles.ts';

const repository = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, repository), 'utf8');

it('docs/inspect.md explains every code and every profile', () => {
  const page = read('docs/inspect.md');
  const named = [...faultCodes, ...inspectionErrorCodes].filter((code) => !page.includes(`\`${code}\``));
  expect(named).toEqual([]);
  for (const { name, glibc } of Object.values(profiles))
    expect(page).toMatch(new RegExp(`^\\| \`${name}\` \\|.*\\| ${glibc.join('\\.')} `, 'm'));
});

it('the ABI that a library must have is the one that the header declares', () => {
  const header = read('jobs/convert/runtime/include/dropforge.h');
  const declared = [...header.matchAll(/^DF_API [\w *]+?(\w+)\(/gm)].map(([, name]) => name);
  expect(declared.sort()).toEqual([...abis.dropforge]);
  const blueoil = read('jobs/convert/runtime/src/df_dlk.h');
  expect([...blueoil.matchAll(/^DF_API [\w *]+?(\w+)\(/gm)].map(([, name]) => name).sort()).toEqual([...abis.blueoil]);
});
