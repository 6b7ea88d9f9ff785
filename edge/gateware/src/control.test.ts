import { engineErrors, lowerModel, packPixels, registers, windows } from '@dropforge/convert/fpga';
import { lmnetV1, modelFromPlan, randomPixels } from '@dropforge/quantized-inference/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { Simulation } from './simulation.ts';
import { array, building, canSimulate } from './testing/simulator.ts';
import { compareOn } from './verify-network.ts';

const convolution = { op: 'convolution', channels: 16, kernel: 3, stride: 1, padding: 1, bits: 2 } as const;
const model = modelFromPlan({
  input: { height: 8, width: 8, channels: 3 },
  layers: [
    { ...convolution, weights: 'int8' },
    { ...convolution, weights: 'bits' },
    { op: 'max-pool', kernel: 2, stride: 2 },
  ],
  classes: 2,
  seed: 4,
});
const image = randomPixels(model.input, 1, 1);
const pixels = packPixels(image, 3);
const network = lowerModel(model, array);
const [START, LOAD, ABORT] = [1, 2, 4];
const SLVERR = 2;
/** Of the driver, for an engine that does not end in time. */
const STUCK = 0x102;

/** A run that has begun and goes on for some time. */
function begin(simulation: Simulation): void {
  simulation.load(network.image);
  for (const [index, pixel] of pixels.entries()) simulation.write(windows.PIXELS.address + 4 * index, pixel);
  simulation.writeRegister('CONTROL', START);
  simulation.idle(100);
}

beforeAll(...building);

describe.skipIf(!canSimulate)('the engine', () => {
  it('agrees with the reference on LmnetV1, in the cycles that the compiler said', () => {
    const simulation = new Simulation(array);
    const lmnet = lmnetV1();
    const comparison = compareOn(simulation, lmnet, array, [randomPixels(lmnet.input, 1, 3)]);
    simulation.finish();
    expect(comparison()).toMatchObject({ mismatches: 0, firstDifference: null });
    expect(comparison().cyclesPerImage).toBe(comparison().estimatedCycles);
  });

  it('says what it is', () => {
    const simulation = new Simulation(array);
    const probe = simulation.probe();
    const words = (['IDENTITY', 'ARRAY', 'MEMORY'] as const).map((name) => simulation.read(name));
    simulation.finish();
    expect(probe()).toBe(0);
    expect(words.map((word) => word())).toEqual([0x57474644, 0x081335, 0x0a070c0b]);
  });

  it('raises its interrupt when a run ends, until it is cleared', () => {
    const simulation = new Simulation(array);
    simulation.writeRegister('INTERRUPT_ENABLE', 1);
    begin(simulation);
    const during = simulation.interrupt();
    simulation.idle(2 * network.cycles);
    const after = simulation.interrupt();
    simulation.writeRegister('INTERRUPT', 1);
    const cleared = simulation.interrupt();
    simulation.finish();
    expect([during(), after(), cleared()]).toEqual([false, true, false]);
  });

  it('is not disturbed by commands and pixels during a run, and tells of them', () => {
    const simulation = new Simulation(array);
    begin(simulation);
    simulation.writeRegister('CONTROL', LOAD);
    simulation.write(windows.LOAD.address, 0);
    simulation.write(windows.PIXELS.address, 0xffffff);
    simulation.writeRegister('CONTROL', START);
    simulation.idle(2 * network.cycles);
    const status = simulation.read('STATUS');
    const error = simulation.read('ERROR');
    const again = compareOn(simulation, model, array, [image]);
    simulation.finish();
    expect(status() & 0xf).toBe(0b1110);
    expect(error()).toBe(engineErrors.BUSY.code);
    expect(again()).toMatchObject({ mismatches: 0 });
  });

  it.each([
    ['a reset', (simulation: Simulation) => simulation.reset()],
    ['an abort', (simulation: Simulation) => void simulation.writeRegister('CONTROL', ABORT)],
  ])('runs again after %s at any point of a run', (_, stop) => {
    const simulation = new Simulation(array);
    const comparisons = [0, 7, 40, 333].map((cycles) => {
      begin(simulation);
      simulation.idle(cycles);
      stop(simulation);
      return { status: simulation.read('STATUS'), comparison: compareOn(simulation, model, array, [image]) };
    });
    simulation.finish();
    for (const { status, comparison } of comparisons) {
      expect(status() & 0b1011).toBe(0);
      expect(comparison()).toMatchObject({ mismatches: 0 });
    }
  });

  it('tells nothing of a run that is stopped in the cycle in which it ends, or near it', () => {
    const simulation = new Simulation(array);
    simulation.writeRegister('INTERRUPT_ENABLE', 1);
    const stopped = Array.from({ length: 40 }, (_, offset) => {
      begin(simulation);
      simulation.writeRegister('INTERRUPT', 1);
      simulation.idle(network.cycles - 130 + offset);
      simulation.writeRegister('CONTROL', ABORT);
      simulation.idle(4);
      return { status: simulation.read('STATUS'), error: simulation.read('ERROR'), interrupt: simulation.interrupt() };
    });
    simulation.finish();
    for (const { status, error } of stopped) expect([status() & 0b1011, error()]).toEqual([0, 0]);
    // The first were stopped before their end, the last after it: the end lies in between.
    expect([stopped[0]?.interrupt(), stopped.at(-1)?.interrupt()]).toEqual([false, true]);
  });

  it.each([
    ['a reset', (simulation: Simulation) => simulation.reset()],
    ['another beginning', (simulation: Simulation) => void simulation.writeRegister('CONTROL', LOAD)],
  ])('takes an image of a network after %s in the middle of one', (_, stop) => {
    const simulation = new Simulation(array);
    const comparisons = [1, 4, 6, 60, network.image.length - 1].map((words) => {
      simulation.writeRegister('CONTROL', LOAD);
      for (const word of network.image.subarray(0, words)) simulation.write(windows.LOAD.address, word);
      stop(simulation);
      return { status: simulation.read('STATUS'), comparison: compareOn(simulation, model, array, [image]) };
    });
    simulation.finish();
    for (const { status, comparison } of comparisons) {
      expect(status() & 0b1111).toBe(0);
      expect(comparison()).toMatchObject({ mismatches: 0 });
    }
  });

  it('that does not end in time is stopped by the driver, and runs again', () => {
    const simulation = new Simulation(array);
    simulation.load(network.image);
    const stuck = simulation.run(pixels, 1);
    const again = simulation.run(pixels);
    simulation.finish();
    expect(stuck().code).toBe(STUCK);
    expect(again()).toEqual({ code: 0, cycles: network.cycles });
  });

  it('answers writes of less than a word with an error and does not carry them out', () => {
    const simulation = new Simulation(array);
    const response = simulation.write(registers.INTERRUPT_ENABLE.address, 1, 0b0001);
    const value = simulation.read('INTERRUPT_ENABLE');
    simulation.finish();
    expect(response()).toBe(SLVERR);
    expect(value()).toBe(0);
  });
});
