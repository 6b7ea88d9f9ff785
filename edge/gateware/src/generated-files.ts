/** What is written down once, in the converter, and read in three languages: SystemVerilog, C and English. */
import { join } from 'node:path';
import { boardFiles } from '../board/src/board-files.ts';
import { generateDocument } from './generate-document.ts';
import { generateHeader } from './generate-header.ts';
import { generateLayerDecoder, generatePackage } from './generate-package.ts';
import { driver, root } from './sources.ts';

/** Text by path. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    [join(root, 'generated/df_gateware_pkg.sv'), generatePackage()],
    [join(root, 'generated/df_layer_decoder.sv'), generateLayerDecoder()],
    [join(driver, 'df_gateware_registers.h'), generateHeader()],
    [join(root, 'generated/registers.md'), generateDocument()],
    ...boardFiles(GENERATED_FROM),
  ]);
}

export const GENERATED_FROM = 'Generated from jobs/convert/src/fpga by `npm run gateware -- generate`. Do not edit.';
