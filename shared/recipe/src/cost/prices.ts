import { z } from 'zod';
import { priceLists } from './price-list.ts';

/** US dollars for an hour of one instance on demand; undefined: not known. */
export type PriceOf = (instanceType: string) => number | undefined;

export const noPrices: PriceOf = () => undefined;

/** The prices of a region. `own`: prices that a deployment was told, which win over the list. */
export function pricesIn(
  region: string,
  use: 'training' | 'processing',
  own: Readonly<Record<string, number>> = {},
): PriceOf {
  const list = priceLists.find((known) => known.region === region)?.[use] ?? {};
  const prices = new Map(Object.entries({ ...list, ...own }));
  return (instanceType) => prices.get(instanceType);
}

/** `ml.c7i.xlarge=0.24, ml.g5.xlarge=1.57` as a deployment's parameter; empty for none. */
export const OwnPrices = z.string().transform((text, context) => {
  const parts = text.split(',').flatMap((part) => part.trim() || []);
  const pairs = parts.map((part) => /^(ml\.[a-z0-9.-]+)\s*=\s*(\d{1,4}(?:\.\d{1,6})?)$/.exec(part));
  if (pairs.some((pair) => !pair || Number(pair[2]) === 0))
    context.addIssue({ code: 'custom', message: 'give prices as ml.c7i.xlarge=0.24, ml.g5.xlarge=1.57' });
  return Object.fromEntries(pairs.flatMap((pair) => (pair ? [[pair[1] ?? '', Number(pair[2])]] : [])));
});
