/** From logits to a class. */

export interface Prediction {
  /** Label index of the largest logit; the first one wins a tie. */
  readonly index: number;
  /** Softmax of `logits * logitScale`, 0 to 1, in label order. For display: the decision is made on the integers. */
  readonly probabilities: number[];
}

export function predict(logits: Int32Array, logitScale: number): Prediction {
  const index = argmax(logits);
  const largest = logits[index] ?? 0;
  // The largest logit is subtracted first, so that no exponential overflows.
  const weights = Array.from(logits, (logit) => Math.exp((logit - largest) * logitScale));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return { index, probabilities: weights.map((weight) => weight / sum) };
}

/** Index of the largest value; the first one wins a tie. */
export function argmax(logits: Int32Array): number {
  let best = 0;
  for (const [index, logit] of logits.entries()) {
    if (logit > (logits[best] ?? 0)) best = index;
  }
  return best;
}

/** Share of images whose largest logit is their label, 0 to 1. `logits`: images x classes. */
export function accuracyOf(logits: Int32Array, labels: Uint16Array, classes: number): number {
  if (labels.length === 0 || logits.length !== labels.length * classes) {
    throw new RangeError(`${logits.length} logits do not belong to ${labels.length} labels of ${classes} classes.`);
  }
  const correct = labels.filter(
    (label, image) => argmax(logits.subarray(image * classes, (image + 1) * classes)) === label,
  );
  return correct.length / labels.length;
}
