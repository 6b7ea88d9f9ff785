import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasTool } from '../../src/run-tool.ts';
import { buildBridgeBench } from './build-bridge-bench.ts';

const canSimulate = hasTool('verilator');
if (!canSimulate) console.warn('Tests of the bridge are skipped: there is no verilator.');

describe.skipIf(!canSimulate)('the bridge from AXI3 to the engine', () => {
  let program: string;
  beforeAll(() => {
    program = buildBridgeBench();
  }, 900_000);

  it.each([
    ['without a pause', 1, 0],
    ['with some pauses', 2, 30],
    ['with hardly a moment that is not a pause', 3, 90],
  ])('carries random bursts %s', (_, seed, pauses) => {
    const { status, stdout, stderr } = spawnSync(program, [`${seed}`, '2000', `${pauses}`], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const [, beats = 0, refused = 0] = /(\d+) beats, (\d+) refused/.exec(stdout)?.map(Number) ?? [];
    expect(beats).toBeGreaterThan(10_000);
    expect(refused).toBeGreaterThan(100);
  });
});
