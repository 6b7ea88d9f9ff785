/** Component recipes, read as the nucleus reads them. https://docs.aws.amazon.com/greengrass/v2/developerguide/component-recipe-reference.html */
import type { Target } from '@dropforge/events';
import { z } from 'zod';

export type Architecture = Target;

const Artifact = z.object({ Uri: z.string().regex(/^s3:\/\/[a-z0-9.-]+\/.+$/, 'must be s3://bucket/key') });
const Step = z.union([z.string().min(1), z.object({ Script: z.string().min(1) }).transform(({ Script }) => Script)]);
const Manifest = z.object({
  Platform: z.record(z.string(), z.string()).default({}),
  Artifacts: z.array(Artifact).default([]),
  Lifecycle: z.object({ run: Step.optional() }).default({}),
});

/** The keys are case-sensitive, as on nucleus lite: what works here works on both. */
export const Recipe = z.object({
  RecipeFormatVersion: z.literal('2020-01-25'),
  ComponentName: z.string().regex(/^[a-zA-Z0-9-_.]{1,128}$/, 'letters, digits, "-", "_" and ".", at most 128'),
  ComponentVersion: z.string().regex(/^\d{1,6}\.\d{1,6}\.\d{1,6}$/, 'must be major.minor.patch'),
  ComponentPublisher: z.string().default(''),
  ComponentDescription: z.string().default(''),
  Manifests: z.array(Manifest).min(1),
});
export type Recipe = z.output<typeof Recipe>;
export type Manifest = Recipe['Manifests'][number];

const platforms: Readonly<Record<Architecture, Readonly<Record<string, string>>>> = {
  x86_64: { architecture: 'amd64' },
  aarch64: { architecture: 'aarch64' },
  armv7l: { architecture: 'arm', 'architecture.detail': 'armv7l' },
  fpga: { architecture: 'arm', 'architecture.detail': 'armv7l' },
};

/**
 * The first manifest whose platform the device has. A manifest that does not name its runtime is for the classic
 * nucleus alone; the virtual devices are as choosy as nucleus lite, which needs `*` or its own name.
 */
export function manifestFor(recipe: Recipe, architecture: Architecture): Manifest | undefined {
  const device: Readonly<Record<string, string>> = {
    os: 'linux',
    runtime: 'aws_nucleus_lite',
    ...platforms[architecture],
  };
  return recipe.Manifests.find(({ Platform }) => {
    const fits = Object.entries(Platform).every(([name, value]) => value === '*' || value === device[name]);
    return fits && Platform.runtime !== undefined;
  });
}

/** Fills in the recipe variables that nucleus lite knows. */
export function interpolate(script: string, variables: Readonly<Record<string, string>>): string {
  return script.replace(/\{([a-z]+:[a-zA-Z]+)\}/g, (whole, name: string) => variables[name] ?? whole);
}

/** Bucket and key of an artifact, and its file's name on the device. */
export function parseUri(uri: string): { bucket: string; key: string; file: string } {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  return { bucket, key, file: key.slice(key.lastIndexOf('/') + 1) };
}
