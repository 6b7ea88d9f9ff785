import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentFailure } from './agent-failure.ts';
import { imageBytes, type Release } from './release.ts';
import type { Runner } from './runner.ts';
import { goldenImages, goldenLogits } from './stage-artifact.ts';

/** Images whose logits are known. */
export interface Golden {
  readonly count: number;
  /** Asks the runner for golden image `index` (any number, taken modulo the count); throws WRONG_ANSWER. */
  check(runner: Runner, index: number): Promise<void>;
}

/** Reads the golden images and logits of a slot. */
export async function readGolden(slot: string, release: Release): Promise<Golden> {
  const bytes = imageBytes(release);
  const classes = release.classes.length;
  const images = await readFile(join(slot, goldenImages));
  const logits = await readFile(join(slot, goldenLogits));
  const count = images.length / bytes;
  if (!Number.isInteger(count) || count < 1 || logits.length !== count * classes * 4) {
    const message = `${images.length} bytes of golden images and ${logits.length} of logits do not fit together.`;
    throw new AgentFailure('ARTIFACT_INVALID', message);
  }
  return {
    count,
    async check(runner, index) {
      const at = index % count;
      const answer = await runner.predict(images.subarray(at * bytes, (at + 1) * bytes));
      const same = answer.every((logit, label) => logit === logits.readInt32LE((at * classes + label) * 4));
      if (!same) throw new AgentFailure('WRONG_ANSWER', `Golden image ${at} gave other logits than the reference.`);
    },
  };
}
