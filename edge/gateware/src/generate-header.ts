/** The C header that a driver reads the engine by. */
import { engineErrors, IDENTITY, type Register, registers, VERSION, windows } from '@dropforge/convert/fpga';
import { GENERATED_FROM } from './generated-files.ts';

export function generateHeader(): string {
  return [
    `/* Registers and windows of the engine, in bytes from its base. ${GENERATED_FROM} */`,
    '#ifndef DF_GATEWARE_REGISTERS_H',
    '#define DF_GATEWARE_REGISTERS_H',
    '',
    define('IDENTITY_VALUE', IDENTITY),
    define('VERSION_MAJOR', VERSION.major),
    define('WINDOW_BYTES', 2 ** 21),
    '',
    ...Object.entries(registers).flatMap(([name, { address, bits }]: [string, Register]) => [
      define(`REGISTER_${name}`, address),
      ...Object.entries(bits ?? {}).flatMap(([field, [low, width]]) =>
        width === 1
          ? [define(`${name}_${field.toUpperCase()}`, 2 ** low)]
          : [
              `#define DF_GATEWARE_${name}_${field.toUpperCase()}_OF(word) (((word) >> ${low}) & ${hexadecimal(2 ** width - 1)})`,
            ],
      ),
    ]),
    '',
    ...Object.entries(windows).map(([name, { address }]) => define(name, address)),
    '',
    ...Object.entries(engineErrors).map(
      ([name, { code, meaning }]) => `${define(`ERROR_${name}`, code)} /* ${meaning} */`,
    ),
    '',
    '#endif',
    '',
  ].join('\n');
}

function define(name: string, value: number): string {
  return `#define DF_GATEWARE_${name} ${hexadecimal(value)}`;
}

function hexadecimal(value: number): string {
  return `0x${value.toString(16)}u`;
}
