import { describe, expect, it } from 'vitest';
import { arraySizes, parametersOf } from './array-size.ts';
import { encodeLayer, LAYER_WORDS, type LayerField, type LayerFields, layerFields } from './layer-program.ts';
import { engineErrors, type Register, registers, windows } from './register-map.ts';
import { hostWords, packPixels, unpackLevels } from './unpack-levels.ts';

const zero = Object.fromEntries(Object.keys(layerFields).map((name) => [name, 0])) as unknown as LayerFields; // of every field

describe('the layer program', () => {
  it('gives every bit to at most one field', () => {
    const bits = Object.values(layerFields).flatMap(({ word, bit, width }) => {
      expect(word).toBeLessThan(LAYER_WORDS);
      expect(bit + width).toBeLessThanOrEqual(32);
      return Array.from({ length: width }, (_, index) => 32 * word + bit + index);
    });
    expect(new Set(bits).size).toBe(bits.length);
  });

  it.each(Object.entries(layerFields) as [keyof LayerFields, LayerField][])('holds the largest %s', (name, field) => {
    const words = encodeLayer({ ...zero, [name]: 2 ** field.width - 1 });
    expect((words[field.word] ?? 0) >>> field.bit).toBe(2 ** field.width - 1);
    expect(() => encodeLayer({ ...zero, [name]: 2 ** field.width })).toThrow(name);
  });

  it('keeps steps back modulo 2^16', () => {
    expect(encodeLayer({ ...zero, start: -33 })[layerFields.start.word]).toBe(0xffdf);
  });
});

describe('the register map', () => {
  it('has a word for every register, below the first window', () => {
    const addresses = Object.values(registers).map(({ address }) => address);
    expect(new Set(addresses).size).toBe(addresses.length);
    for (const address of addresses) expect(address % 4 === 0 && address < windows.LOAD.address).toBe(true);
  });

  it('has fields that do not overlap', () => {
    for (const { bits = {} } of Object.values(registers) as Register[]) {
      const taken = Object.values(bits).flatMap(([low, width]) => Array.from({ length: width }, (_, i) => low + i));
      expect(new Set(taken).size).toBe(taken.length);
    }
  });

  it('has windows that a mask can tell apart, one after the other', () => {
    let end = 0;
    for (const { address, bytes } of Object.values(windows)) {
      expect([Number.isInteger(Math.log2(bytes)), address % bytes, address >= end]).toEqual([true, 0, true]);
      end = address + bytes;
    }
    expect(end).toBeLessThanOrEqual(2 ** 21);
  });

  it('has another code for every error', () => {
    const codes = Object.values(engineErrors).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });
});

describe.each(Object.values(arraySizes))('the array $name', (array) => {
  it('has whole chunks, lanes and depths', () => {
    for (const [name, value] of Object.entries(parametersOf(array))) {
      if (!['PIXEL_TAPS', 'PIXEL_OUTPUTS'].includes(name)) expect([name, Math.log2(value) % 1]).toEqual([name, 0]);
    }
    expect([array.OC_PAR % array.CHUNK, array.PIXEL_OUTPUTS % array.CHUNK]).toEqual([0, 0]);
    expect(array.OC_PAR).toBeLessThanOrEqual(array.IC_PAR);
  });

  it('has a row of weights wide enough for those of the first layer', () => {
    expect(24 * array.PIXEL_TAPS * array.PIXEL_OUTPUTS).toBeLessThanOrEqual(array.IC_PAR * array.OC_PAR);
  });

  it('has windows as large as its memories', () => {
    const words = (array.LEVELS_DEPTH * array.IC_PAR) / 16;
    expect(4 * words).toBeLessThanOrEqual(windows.LEVELS_0.bytes);
    expect(4 * array.PIXELS_DEPTH).toBeLessThanOrEqual(windows.PIXELS.bytes);
  });
});

describe('activations on their way', () => {
  it('come from the buffer plane by plane', () => {
    const shape = { height: 1, width: 2, channels: 33 };
    const words = new Uint32Array(hostWords(shape, arraySizes['32x8']));
    expect(words.length).toBe(8);
    words[3] = 2 << 30; // pixel 1, channel 31
    words[6] = 3; // pixel 1, channel 32
    const levels = unpackLevels(words, shape, arraySizes['32x8']);
    expect([...levels].flatMap((level, index) => (level > 0 ? [[index, level]] : []))).toEqual([
      [33 + 31, 2],
      [33 + 32, 3],
    ]);
  });

  it('go to the image memory a pixel per word, missing channels as 0', () => {
    expect([...packPixels(Uint8Array.of(1, 2, 3, 4), 2)]).toEqual([0x0201, 0x0403]);
  });
});
