/** The sources of the engine with the properties of `formal/` in them. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { hardwareSources, root } from '../sources.ts';

/** A file name and what stands in it. */
export type Source = readonly [name: string, text: string];

const BIND = /^bind (\w+) (.*;)$/m;

/**
 * The sources with the properties of one module, since those of the modules in it are proven by themselves. Yosys 0.23 reads
 * `bind` and forgets it, so what it would do is done to the text: the instance moves to the end of its module. Throws where
 * a file of properties binds nothing.
 */
export function boundSources(module: string): Source[] {
  const name = `${module}_properties.sv`;
  const text = readFileSync(join(root, 'formal', name), 'utf8');
  const [line, bound, instance] = BIND.exec(text) ?? [];
  if (line === undefined || bound !== module) throw new Error(`${name} has no line "bind ${module} …;" at its end.`);
  const modules = sourcesOf(module).map(([file, source]): Source => {
    return [file, file === `${module}.sv` ? source.replace(/^endmodule/m, `  ${instance}\nendmodule`) : source];
  });
  return [...modules, [name, text.replace(line, '')]];
}

/** The package, the module, and the modules that it names or that those name, in the order of all sources. */
function sourcesOf(module: string): Source[] {
  const all = new Map(hardwareSources().map((path) => [basename(path, '.sv'), readFileSync(path, 'utf8')]));
  const needed = new Set(['df_gateware_pkg', module]);
  for (const name of needed) {
    for (const [word] of all.get(name)?.matchAll(/\bdf_\w+/g) ?? []) if (all.has(word)) needed.add(word);
  }
  return [...all].filter(([name]) => needed.has(name)).map(([name, text]) => [`${name}.sv`, text]);
}
