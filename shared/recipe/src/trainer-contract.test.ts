import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { AUGMENTATION_NAMES } from './augmentations.ts';
import { renderTrainingConfig } from './render-config.ts';
import { resolveRecipe } from './resolve-recipe.ts';
import { DEFAULT_WARMUP, dropsOf, type ScheduleName } from './schedule.ts';
import { facts, parsed } from './testing.ts';

const trainer = fileURLToPath(new URL('../../../jobs/train', import.meta.url));
const python = '/usr/bin/python3';
const SCHEDULES: readonly ScheduleName[] = ['constant', 'cosine', '2-step', '3-step', '3-step-with-warmup'];

/** The trainer's own reader and schedule, without its numerical libraries. */
const SCRIPT = `
import json, sys
from dropforge_train.config import parse_config
from dropforge_train.schedule import learning_rate
given = json.load(sys.stdin)
read = [parse_config(config) for config in given["configs"]]
print(json.dumps({
    "augmentations": [[{"name": a.name, **a.values} for a in c.augmentations] for c in read],
    "warmups": [c.warmup for c in read],
    "rates": [[learning_rate(name, 1.0, warmup, f) for f in fractions] for name, warmup, fractions in given["rates"]],
}))
`;

interface TrainerAnswer {
  readonly augmentations: readonly (readonly Record<string, unknown>[])[];
  readonly warmups: readonly number[];
  readonly rates: readonly (readonly number[])[];
}

function askTrainer(question: object): TrainerAnswer {
  const options = { cwd: trainer, input: JSON.stringify(question), encoding: 'utf8' } as const;
  return JSON.parse(execFileSync(python, ['-c', SCRIPT], options));
}

describe.skipIf(!existsSync(python))('the trainer', () => {
  it('takes every optimizer, schedule, augmentation and quantizer that a recipe may choose', () => {
    const texts = [
      ...SCHEDULES.flatMap((schedule) =>
        ['adam', 'momentum'].map((name) => `optimizer: ${name}\nschedule: ${schedule}`),
      ),
      ...AUGMENTATION_NAMES.map((name) => `imageSize: 512x16\naugmentations: [${name}]`),
      'network: {name: lmnet-v1, width: 0.25}\nbudget: {seconds: 5}\nquantization: {weights: binary-mean-scaling, firstLayer: binary}',
      'network: {name: lmnet-v1, width: 2}\nbatchSize: 1024\nlabelSmoothing: 0.5\nweightDecay: 0.1\nseed: 2147483647',
    ];
    const configs = texts.map((text) => renderTrainingConfig(resolveRecipe(parsed(text), facts).resolved, 'run-x'));
    const answer = askTrainer({ configs, rates: [] });
    // JSON has numbers where Python's reader has 1.0 for true.
    const asNumbers = configs.map(({ augmentations }) =>
      augmentations.map((item) => JSON.parse(JSON.stringify(item).replaceAll('true', '1'))),
    );
    expect(answer.augmentations).toEqual(asNumbers);
    expect(answer.warmups).toEqual(configs.map(({ schedule }) => schedule.warmup ?? 0));
  });

  it('changes the rate where the explanation says', () => {
    const rates = SCHEDULES.map((name) => {
      const fractions = dropsOf(name).flatMap(({ fraction }) => [fraction - 1e-9, fraction]);
      return [name, name.includes('warmup') ? DEFAULT_WARMUP : 0, fractions] as const;
    });
    const answer = askTrainer({ configs: [], rates });
    const expected = SCHEDULES.map((name) => {
      const drops = dropsOf(name);
      return drops.flatMap(({ factor }, i) => [drops[i - 1]?.factor ?? 1, factor]);
    });
    for (const [i, factors] of expected.entries())
      for (const [k, factor] of factors.entries()) expect(answer.rates[i]?.[k]).toBeCloseTo(factor, 9);
  });
});
