/** The files of the engine, in the order in which a tool has to read them. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
/** The driver, which the conversion compiles into every library for an engine. */
export const driver = fileURLToPath(new URL('../../../jobs/convert/runtime/fpga/', import.meta.url));
export const buildFolder = fileURLToPath(new URL('../../../.build/gateware/', import.meta.url));

/**
 * Properties for simulations, each in a file that binds them to its module. Not those of a memory of one port each way: an
 * engine has hundreds of them, and every simulation would take three times as long.
 */
export function propertySources(): string[] {
  return readdirSync(join(root, 'formal'))
    .filter((name) => name !== 'df_ram_properties.sv')
    .sort()
    .map((name) => join(root, 'formal', name));
}

/** The package first, since every module names it. */
export function hardwareSources(): string[] {
  const generated = ['df_gateware_pkg.sv', 'df_layer_decoder.sv'].map((name) => join(root, 'generated', name));
  const modules = readdirSync(join(root, 'rtl')).filter((name) => name.endsWith('.sv'));
  return [...generated, ...modules.sort().map((name) => join(root, 'rtl', name))];
}
