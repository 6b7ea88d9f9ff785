/** The register map and the layer program for people. */
import {
  engineErrors,
  type LayerField,
  layerFields,
  type Register,
  registers,
  VERSION,
  windows,
} from '@dropforge/convert/fpga';
import { GENERATED_FROM } from './generated-files.ts';

export function generateDocument(): string {
  return [
    '# Registers and layer program',
    '',
    `<!-- ${GENERATED_FROM} -->`,
    '',
    `Version ${VERSION.major}.${VERSION.minor}. Addresses are bytes from the base of the engine; every access is a 32-bit word.`,
    '',
    '## Registers',
    '',
    ...table(
      ['Address', 'Register', 'Access', 'Meaning'],
      Object.entries(registers).map(([name, { address, access, meaning, bits }]: [string, Register]) => {
        const fields = Object.entries(bits ?? {}).map(
          ([field, [low, width, text]]) => `<br>\`${field}\` ${bitRange(low, width)}: ${text}`,
        );
        return [`\`${hexadecimal(address)}\``, `\`${name}\``, access, `${meaning}${fields.join('')}`];
      }),
    ),
    '## Windows',
    '',
    ...table(
      ['Address', 'Bytes', 'Window', 'Meaning'],
      Object.entries(windows).map(([name, { address, bytes, meaning }]) => [
        `\`${hexadecimal(address)}\``,
        `\`${hexadecimal(bytes)}\``,
        `\`${name}\``,
        meaning,
      ]),
    ),
    '## Errors',
    '',
    ...table(
      ['Code', 'Name', 'Meaning'],
      Object.entries(engineErrors).map(([name, { code, meaning }]) => [`${code}`, `\`${name}\``, meaning]),
    ),
    '## Layer program',
    '',
    'Fields named `_last` hold one less than their count. Address steps are taken modulo 2^16.',
    '',
    ...table(
      ['Word', 'Bits', 'Field', 'Meaning'],
      Object.entries(layerFields).map(([name, { word, bit, width, meaning }]: [string, LayerField]) => [
        `${word}`,
        bitRange(bit, width),
        `\`${name}\``,
        meaning,
      ]),
    ),
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''];
}

function bitRange(low: number, width: number): string {
  return width === 1 ? `${low}` : `${low + width - 1}:${low}`;
}

function hexadecimal(value: number): string {
  return `0x${value.toString(16).padStart(2, '0')}`;
}
