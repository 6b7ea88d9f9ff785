/** What the board's files say about the engine, from the tables that the engine itself is made of. */
import { join } from 'node:path';
import {
  type ArrayName,
  type ArraySize,
  arraySizes,
  arrayWord,
  IDENTITY,
  parametersOf,
  registers,
  VERSION,
} from '@dropforge/convert/fpga';
import { boardRoot } from './board-sources.ts';

/** The arrays that a DE10-Nano is built with; the others are for tests. */
export const boardArrays = ['64x64', '32x32'] as const satisfies readonly ArrayName[];

/** Physical address of the lightweight bridge. Intel, Cyclone V HPS Technical Reference Manual, "HPS Address Map". */
const BRIDGE_ADDRESS = 0xff200000;

/** Text by path. */
export function boardFiles(generatedFrom: string): ReadonlyMap<string, string> {
  return new Map([
    ...boardArrays.map(
      (name) => [join(boardRoot, `generated/array-${name}.tcl`), parameterFile(name, generatedFrom)] as const,
    ),
    [join(boardRoot, 'generated/readings.md'), readings(generatedFrom)],
  ]);
}

/** Parameters of the top level, as lines of a Quartus settings file. */
function parameterFile(name: ArrayName, generatedFrom: string): string {
  const lines = Object.entries(parametersOf(arraySizes[name])).map(
    ([key, value]) => `set_parameter -name ${key} ${value}`,
  );
  return [`# ${generatedFrom}`, ...lines, ''].join('\n');
}

/** What a register of a freshly loaded bitstream reads as: 32 bits each. */
export function readingsAfterLoad(array: ArraySize): Readonly<Record<string, number>> {
  return {
    IDENTITY,
    VERSION: (VERSION.major << 16) | VERSION.minor,
    ARRAY: arrayWord(array),
    MEMORY: memoryWord(array),
    STATUS: 0,
    ERROR: 0,
    INTERRUPT_ENABLE: 0,
    INTERRUPT: 0,
  };
}

/** Value of the MEMORY register. */
function memoryWord({ LEVELS_DEPTH, WEIGHTS_DEPTH, THRESHOLDS_DEPTH, PIXELS_DEPTH }: ArraySize): number {
  const log = Math.log2;
  const word =
    log(LEVELS_DEPTH) | (log(WEIGHTS_DEPTH) << 8) | (log(THRESHOLDS_DEPTH) << 16) | (log(PIXELS_DEPTH) << 24);
  return word >>> 0;
}

function readings(generatedFrom: string): string {
  const columns = boardArrays.map((name) => readingsAfterLoad(arraySizes[name]));
  const rows = Object.keys(columns[0] ?? {}).map((name) => {
    const { address } = registers[name as keyof typeof registers];
    const values = columns.map((column) => `\`${hexadecimal(column[name] ?? 0)}\``);
    return `| \`${name}\` | \`${hexadecimal(BRIDGE_ADDRESS + address)}\` | ${values.join(' | ')} |`;
  });
  return [
    '# Readings of a bitstream that was just loaded',
    '',
    `<!-- ${generatedFrom} -->`,
    '',
    `| Register | Physical address | ${boardArrays.join(' | ')} |`,
    `| --- | --- | ${boardArrays.map(() => '---').join(' | ')} |`,
    ...rows,
    '',
    'Registers that are not listed may read as anything before the first run.',
    '',
  ].join('\n');
}

function hexadecimal(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
