/** A value that the recipe leaves open, and why it is this one. */
export interface Default<Value> {
  readonly value: Value;
  readonly why: string;
  readonly from: 'default' | 'dataset';
}

/** One decided value: what it is, who decided it, and why. */
export interface Decision {
  readonly path: string;
  readonly value: unknown;
  readonly from: 'recipe' | 'default' | 'dataset';
  readonly why: string;
}

/** Takes a value of the recipe, or its default, and notes which. */
export type Decide = <Value>(path: string, given: Value | undefined, open: Default<Value>) => Value;

/** The notes that `decide` takes are in the order of the decisions. */
export function startDeciding(): { decide: Decide; explanation: readonly Decision[] } {
  const explanation: Decision[] = [];
  const decide: Decide = (path, given, open) => {
    const value = given ?? open.value;
    const [from, why] = given === undefined ? [open.from, open.why] : (['recipe', 'as written'] as const);
    explanation.push({ path, value, from, why });
    return value;
  };
  return { decide, explanation };
}

/** A default that holds whatever the dataset. */
export function always<Value>(value: Value, why: string): Default<Value> {
  return { value, why, from: 'default' };
}

/** A default that follows from the dataset. */
export function fromDataset<Value>(value: Value, why: string): Default<Value> {
  return { value, why, from: 'dataset' };
}
