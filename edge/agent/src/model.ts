import { join } from 'node:path';
import { AgentFailure } from './agent-failure.ts';
import { type Golden, readGolden } from './golden-images.ts';
import { imageBytes, type Release } from './release.ts';
import { type Runner, type RunnerCommand, selfTest, startRunner } from './runner.ts';
import type { SlotName, Slots } from './slots.ts';
import { type Architecture, goldenImages, goldenLogits, runnerFor, verifySlot } from './stage-artifact.ts';

/** A model that runs: what it is, where it lies, its process, and how to know that it is right. */
export interface Model {
  readonly slot: SlotName;
  readonly release: Release;
  readonly runner: Runner;
  readonly golden: Golden;
}

export interface Models {
  /** Verifies a slot's files, starts its runner and asks it one golden image; undefined: the slot holds no whole model. */
  open(slot: SlotName): Promise<Model | undefined>;
  /** Lets the runner of a slot compare all golden images itself. */
  selfTest(slot: SlotName): Promise<void>;
}

export interface ModelOptions {
  readonly architecture: Architecture;
  readonly runnerPrefix: readonly string[];
  readonly predictTimeoutMilliseconds: number;
  readonly selfTestTimeoutMilliseconds: number;
}

export function createModels(slots: Slots, options: ModelOptions): Models {
  const { architecture } = options;
  const command = (slot: SlotName, release: Release, timeoutMilliseconds: number): RunnerCommand => ({
    prefix: options.runnerPrefix,
    path: join(slots.path(slot), runnerFor(release, architecture)),
    directory: slots.path(slot),
    timeoutMilliseconds,
  });
  return {
    async open(slot) {
      const release = await slots.release(slot);
      if (!release) return undefined;
      const directory = slots.path(slot);
      await verifySlot(directory, release, architecture);
      const golden = await readGolden(directory, release);
      const runner = startRunner(
        command(slot, release, options.predictTimeoutMilliseconds),
        imageBytes(release),
        release.classes.length,
      );
      try {
        await golden.check(runner, 0);
      } catch (error) {
        runner.close();
        throw error;
      }
      return { slot, release, runner, golden };
    },
    async selfTest(slot) {
      const release = await slots.release(slot);
      if (!release) throw new AgentFailure('SLOT_DAMAGED', `Slot ${slot} holds no whole model.`);
      const directory = slots.path(slot);
      const images = join(directory, goldenImages);
      const self = command(slot, release, options.selfTestTimeoutMilliseconds);
      await selfTest(self, images, join(directory, goldenLogits));
    },
  };
}
