/** What is written down once, in the converter, and read in three languages: SystemVerilog, C and English. */
import { boardFiles } from '../board/src/board-files.ts';
import { generateDocument } from './generate-document.ts';
import { generateHeader } from './generate-header.ts';
import { generateLayerDecoder, generatePackage } from './generate-package.ts';

/** Text by path below this package's `generated` folder. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['df_gateware_pkg.sv', generatePackage()],
    ['df_layer_decoder.sv', generateLayerDecoder()],
    ['df_gateware_registers.h', generateHeader()],
    ['registers.md', generateDocument()],
    ...boardFiles(GENERATED_FROM),
  ]);
}

export const GENERATED_FROM = 'Generated from jobs/convert/src/fpga by `npm run gateware -- generate`. Do not edit.';
