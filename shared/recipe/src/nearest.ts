/** Names people write that no edit distance connects with ours. Keys are in the folded form of `fold`. */
const SYNONYMS: Readonly<Record<string, string>> = {
  lr: 'learningRate',
  batch: 'batchSize',
  augmentors: 'augmentations',
  dataaugmentation: 'augmentations',
  sgd: 'momentum',
  momentumoptimizer: 'momentum',
  adamoptimizer: 'adam',
  arm: 'armv7l',
  armhf: 'armv7l',
  arm64: 'aarch64',
  de10nano: 'fpga',
  cyclonev: 'fpga',
  amd64: 'x86_64',
  x64: 'x86_64',
  lmnetv1quantize: 'lmnet-v1',
  cutout: 'random-patch-cut',
  mirror: 'flip-left-right',
};

/** The choices that someone who wrote `text` most likely meant, best first, at most two; none when nothing is near. */
export function nearestNames(text: string, choices: readonly string[]): string[] {
  const folded = fold(text.slice(0, 64));
  const synonym = Object.hasOwn(SYNONYMS, folded) ? SYNONYMS[folded] : undefined;
  if (synonym !== undefined && choices.includes(synonym)) return [synonym];
  const ranked = choices
    .map((choice) => ({ choice, distance: distanceOf(folded, fold(choice)) }))
    .filter(({ choice, distance }) => distance <= Math.max(1, Math.floor(Math.min(folded.length, choice.length) / 2.5)))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0]?.distance;
  return ranked
    .filter(({ distance }) => distance === best)
    .slice(0, 2)
    .map(({ choice }) => choice);
}

/** What a number must satisfy; all bounds are inclusive. */
export interface NumberRule {
  readonly minimum: number;
  readonly maximum: number;
  readonly integer: boolean;
  readonly divisor?: number;
}

/** The one or two valid numbers nearest to `value`, lower first; a percentage becomes its share where a share is wanted. */
export function nearestNumbers(value: number, rule: NumberRule): number[] {
  if (!Number.isFinite(value)) return [];
  const { minimum, maximum } = rule;
  const isShare = !rule.integer && minimum === 0 && maximum <= 1;
  if (isShare && value > 1 && value <= 100 && value / 100 <= maximum) return [Number((value / 100).toPrecision(12))];
  const step = rule.divisor ?? (rule.integer ? 1 : 0);
  if (step === 0) return [Math.min(maximum, Math.max(minimum, value))];
  const lowest = Math.ceil(minimum / step) * step;
  const highest = Math.floor(maximum / step) * step;
  const clamp = (number: number) => Math.min(highest, Math.max(lowest, number));
  return [...new Set([clamp(Math.floor(value / step) * step), clamp(Math.ceil(value / step) * step)])];
}

/** Case, hyphens and underscores do not make another name. */
function fold(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** Edits that turn `a` into `b`; a prefix of at least three characters, or the same name with a word more, costs one. */
function distanceOf(a: string, b: string): number {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (short.length >= 3 && long !== short && long.startsWith(short)) return 1;
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [row, character] of [...a].entries()) {
    const current = [row + 1];
    for (let column = 1; column <= b.length; column++) {
      const substitution = (previous[column - 1] ?? 0) + (b[column - 1] === character ? 0 : 1);
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
