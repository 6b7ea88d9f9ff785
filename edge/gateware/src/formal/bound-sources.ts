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
  const modules = hardwareSources().map((path): Source => {
    const source = readFileSync(path, 'utf8');
    return [basename(path), basename(path, '.sv') === module ? source.replace(/^endmodule/m, `  ${instance}\nendmodule`) : source];
  });
  return [...modules, [name, text.replace(line, '')]];
}
