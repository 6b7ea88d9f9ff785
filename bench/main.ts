/** `npm run bench -- <what> […]`: measurements that are too slow or too unsteady to be tests. */

/** Each loads its own folder's code; the next one is one line here. */
const benches: Record<string, () => Promise<{ run(args: readonly string[]): Promise<void> }>> = {
  bundles: () => import('./bundles.ts'),
  inference: () => import('./inference.ts'),
  instructions: () => import('./instructions.ts'),
};

const [what = '', ...args] = process.argv.slice(2);
const load = Object.hasOwn(benches, what) ? benches[what] : undefined;
if (load === undefined) {
  console.error(`There is no bench "${what}". There are: ${Object.keys(benches).join(', ')}.`);
  process.exit(2);
}
await (await load()).run(args);
