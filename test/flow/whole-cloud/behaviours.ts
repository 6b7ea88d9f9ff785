/** What a recipe's `seed` asks of the fake jobs: the one number that goes through the whole flow into both of them. */
export const behaviours = {
  'does well': 1,
  'takes a while': 2,
  'says why it fails': 3,
  'is killed': 4,
  'says nothing': 5,
  'lacks a compiler': 6,
  'lacks every compiler': 7,
  'must be stopped': 8,
} as const;

export type Behaviour = keyof typeof behaviours;

/** A quick recipe: small images, no delivery. Further lines may follow. */
export function recipeFor(behaviour: Behaviour): string {
  return `imageSize: 16\nbudget: {epochs: 1}\ndeployment: {to: none}\nseed: ${behaviours[behaviour]}\n`;
}
