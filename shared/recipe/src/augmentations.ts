import { z } from 'zod';

export const AUGMENTATION_NAMES = [
  'flip-left-right',
  'flip-top-bottom',
  'shift',
  'crop',
  'pad',
  'rotate',
  'brightness',
  'color',
  'contrast',
  'hue',
  'blur',
  'random-patch-cut',
  'random-erasing',
] as const;
export type AugmentationName = (typeof AUGMENTATION_NAMES)[number];

const probability = z.number().min(0).max(1).optional().describe('Share of the images it is applied to.');
const factor = { ...bounds(0, 10, 'factor; 1 changes nothing') };

/** Random changes of training images, each with its own parameters. Those for detection alone are left out on purpose. */
export const augmentation = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('flip-left-right'), probability }),
  z.strictObject({ name: z.literal('flip-top-bottom'), probability }),
  z.strictObject({
    name: z.literal('shift'),
    pixels: z.int().min(1).max(256).optional().describe('Farthest move each way; the image is mirrored at its edges.'),
  }),
  ranged(z.strictObject({ name: z.literal('crop'), ...bounds(0.1, 1, 'side of a random window, as a share') })),
  z.strictObject({
    name: z.literal('pad'),
    pixels: z.int().min(1).max(512).optional().describe('Width of the frame; the result is scaled back to size.'),
    fill: z.int().min(0).max(255).optional().describe('Grey value of the frame.'),
  }),
  ranged(z.strictObject({ name: z.literal('rotate'), ...bounds(-180, 180, 'angle in degrees, counter-clockwise') })),
  ranged(z.strictObject({ name: z.literal('brightness'), ...factor })),
  ranged(z.strictObject({ name: z.literal('color'), ...factor })),
  ranged(z.strictObject({ name: z.literal('contrast'), ...factor })),
  ranged(z.strictObject({ name: z.literal('hue'), ...bounds(-180, 180, 'turn of the colour circle in degrees') })),
  ranged(z.strictObject({ name: z.literal('blur'), ...bounds(0, 5, 'radius of a Gaussian blur in pixels') })),
  z.strictObject({
    name: z.literal('random-patch-cut'),
    patches: z.int().min(1).max(64).optional().describe('How many patches are greyed out.'),
    maxSize: z.int().min(1).max(512).optional().describe('Longest side of a patch in pixels.'),
    square: z.boolean().optional().describe('Patches are squares.'),
  }),
  ranged(
    z.strictObject({
      name: z.literal('random-erasing'),
      probability,
      minArea: z.number().min(0).max(1).optional().describe('Smallest share of the image that is replaced by noise.'),
      maxArea: z.number().min(0).max(1).optional().describe('Largest share of the image that is replaced by noise.'),
      minAspect: z.number().min(0.01).max(1).optional().describe('Height to width, up to its inverse.'),
    }),
  ),
]);

export type Augmentation = z.output<typeof augmentation>;
/** An augmentation with every parameter given. */
export type ResolvedAugmentation = { readonly name: AugmentationName } & Readonly<
  Record<string, string | number | boolean>
>;

/** Parameters that a recipe leaves out. `side` is the shorter side of the network's input in pixels. */
export function augmentationDefaults(name: AugmentationName, side: number): Readonly<Record<string, number | boolean>> {
  switch (name) {
    case 'flip-left-right':
    case 'flip-top-bottom':
      return { probability: 0.5 };
    case 'shift':
      return { pixels: Math.max(1, Math.round((side * 3) / 32)) };
    case 'crop':
      return { min: 0.75, max: 1 };
    case 'pad':
      return { pixels: Math.max(1, Math.round(side / 8)), fill: 0 };
    case 'rotate':
      return { min: 0, max: 90 };
    case 'brightness':
    case 'color':
    case 'contrast':
      return { min: 0.75, max: 1.25 };
    case 'hue':
      return { min: -10, max: 10 };
    case 'blur':
      return { min: 0, max: 1 };
    case 'random-patch-cut':
      return { patches: 1, maxSize: Math.max(1, Math.round((side * 5) / 16)), square: true };
    case 'random-erasing':
      return { probability: 0.5, minArea: 0.02, maxArea: 0.4, minAspect: 0.3 };
  }
}

function bounds(lowest: number, highest: number, what: string) {
  const bound = z.number().min(lowest).max(highest).optional();
  return { min: bound.describe(`Lowest ${what}.`), max: bound.describe(`Highest ${what}.`) };
}

/** The lower bound may not be above the upper one, also where one of the two is a default. */
function ranged<Shape extends z.ZodRawShape & { name: z.ZodLiteral<AugmentationName> }>(option: z.ZodObject<Shape>) {
  return option.superRefine((value, context) => {
    const fields = value as unknown as Record<string, number> & { name: AugmentationName }; // a generic shape hides that all but the name are numbers
    const all = { ...augmentationDefaults(fields.name, 32), ...fields };
    for (const [low, high] of [
      ['min', 'max'],
      ['minArea', 'maxArea'],
    ] as const) {
      const [lower, upper] = [all[low], all[high]];
      if (lower === undefined || upper === undefined || lower <= upper) continue;
      const given = fields[low] === undefined ? high : low;
      context.addIssue({ code: 'custom', path: [given], params: { fault: 'RANGE_REVERSED', lower, upper } });
    }
  });
}
