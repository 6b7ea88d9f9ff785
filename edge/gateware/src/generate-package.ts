/** The SystemVerilog package of constants, and the module that takes the words of a pass apart. */
import {
  engineErrors,
  IDENTITY,
  LANE_WORDS,
  LAYER_WORDS,
  layerFields,
  operations,
  PROGRAM_LAYERS,
  type Register,
  registers,
  sectionKinds,
  VERSION,
  windows,
} from '@dropforge/convert/fpga';
import { GENERATED_FROM } from './generated-files.ts';

export function generatePackage(): string {
  return [
    `// Constants of the engine. ${GENERATED_FROM}`,
    'package df_gateware_pkg;',
    constant(32, 'IDENTITY', IDENTITY),
    constant(32, 'VERSION', (VERSION.major << 16) | VERSION.minor),
    ...registerConstants(),
    '',
    ...Object.entries(windows).flatMap(([name, { address, bytes }]) => [
      constant(21, `WINDOW_${name}`, address),
      constant(21, `WINDOW_${name}_MASK`, 2 ** 21 - bytes),
    ]),
    '',
    ...Object.entries(engineErrors).map(([name, { code }]) => constant(8, `ERROR_${name}`, code)),
    '',
    ...Object.entries(sectionKinds).map(([name, kind]) => constant(4, `SECTION_${name.toUpperCase()}`, kind)),
    ...Object.entries(operations).map(([name, code]) => constant(2, `OPERATION_${name.toUpperCase()}`, code)),
    '',
    `  localparam int unsigned LANE_WORDS = ${LANE_WORDS};`,
    `  localparam int unsigned LAYER_WORDS = ${LAYER_WORDS};`,
    `  localparam int unsigned PROGRAM_LAYERS = ${PROGRAM_LAYERS};`,
    `  localparam int unsigned PROGRAM_ADDRESS_BITS = ${Math.ceil(Math.log2(LAYER_WORDS * PROGRAM_LAYERS))};`,
    '',
    '  typedef struct packed {',
    ...Object.entries(layerFields).map(([name, { width, meaning }]) => `    ${bits(width)} ${name};  // ${meaning}`),
    '  } layer_t;',
    'endpackage',
    '',
  ].join('\n');
}

export function generateLayerDecoder(): string {
  return [
    `// The fields of a pass. ${GENERATED_FROM}`,
    'module df_layer_decoder (',
    `  input  logic [${32 * LAYER_WORDS - 1}:0]            words_i,`,
    '  output df_gateware_pkg::layer_t layer_o',
    ');',
    ...Object.entries(layerFields).map(
      ([name, { word, bit, width }]) => `  assign layer_o.${name} = words_i[${32 * word + bit}+:${width}];`,
    ),
    '',
    '  // Bits of no field.',
    '  logic unused;',
    `  assign unused = ^{${unusedRanges().join(', ')}};`,
    'endmodule',
    '',
  ].join('\n');
}

function registerConstants(): string[] {
  return Object.entries(registers).flatMap(([name, { address, bits: fields }]: [string, Register]) => [
    constant(21, `REGISTER_${name}`, address),
    // Only the fields of one bit are used by name.
    ...Object.entries(fields ?? {})
      .filter(([, [, width]]) => width === 1)
      .map(([field, [low]]) => `  localparam int unsigned ${name}_${field.toUpperCase()} = ${low};`),
  ]);
}

function unusedRanges(): string[] {
  const used = new Set<number>();
  for (const { word, bit, width } of Object.values(layerFields)) {
    for (let index = 0; index < width; index++) used.add(32 * word + bit + index);
  }
  const ranges: string[] = [];
  for (let low = 0; low < 32 * LAYER_WORDS; low++) {
    if (used.has(low)) continue;
    const from = low;
    while (low + 1 < 32 * LAYER_WORDS && !used.has(low + 1)) low++;
    ranges.push(`words_i[${low}:${from}]`);
  }
  return ranges;
}

function constant(width: number, name: string, value: number): string {
  return `  localparam logic ${range(width)}${name} = ${width}'h${value.toString(16)};`;
}

function bits(width: number): string {
  return `logic ${range(width)}`.trimEnd();
}

function range(width: number): string {
  return width === 1 ? '' : `[${width - 1}:0] `;
}
