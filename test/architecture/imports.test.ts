import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf, type SourceFile, sourceFiles } from './source-files.ts';

/** Which packages of ours a package may import. Files of one folder may always import each other. */
const mayImport: Record<string, readonly string[]> = {
  events: [],
  'shared/quantized-inference': [],
  'shared/artifact-inspection': [],
  'shared/aws': ['events'],
  'shared/datasets': ['events'],
  'shared/recipe': ['events', 'quantized-inference'],
  'shared/pipeline-state': ['events'],
  'shared/api-contract': ['events', 'pipeline-state'],
  'shared/handler-kit': ['events', 'pipeline-state', 'aws'],
  services: [
    'events',
    'artifact-inspection',
    'quantized-inference',
    'aws',
    'datasets',
    'recipe',
    'pipeline-state',
    'api-contract',
    'handler-kit',
  ],
  'jobs/convert': ['artifact-inspection', 'quantized-inference'],
  'edge/agent': ['events'],
  'edge/gateware': ['quantized-inference', 'convert'],
  local: ['events', 'edge-agent', 'pipeline-state', 'aws'],
  cli: [
    'events',
    'artifact-inspection',
    'quantized-inference',
    'datasets',
    'recipe',
    'pipeline-state',
    'api-contract',
    'aws',
    'local',
  ],
};

const product = sourceFiles(/^(events|services|shared|jobs|edge|local|cli)\/.*\.ts$/).filter(
  ({ path }) => !/\.test\.ts$|\/testing\b|\.contract\.ts$/.test(path),
);

describe('imports', () => {
  it('finds the sources', () => expect(product.length).toBeGreaterThan(100));

  it('keep to the packages that a package may know', () => {
    const strays = product.flatMap((file) => {
      const allowed = Object.entries(mayImport).find(([folder]) => file.path.startsWith(`${folder}/`))?.[1] ?? [];
      const ours = importsOf(file).flatMap((name) => /^@dropforge\/([^/]+)/.exec(name)?.[1] ?? []);
      return ours.filter((name) => !allowed.includes(name)).map((name) => `${file.path} imports ${name}`);
    });
    expect(strays).toEqual([]);
  });

  it('never leave a package or a service by a relative path', () => {
    const strays = product.flatMap((file) => {
      const home = homeOf(file.path);
      const relative = importsOf(file).filter((name) => name.startsWith('.'));
      return relative
        .filter((name) => !join(dirname(file.path), name).startsWith(`${home}/`))
        .map((name) => `${file.path} imports ${name}`);
    });
    expect(strays).toEqual([]);
  });

  it('of quantized-inference name nothing but its own files', () => {
    expect(outside('shared/quantized-inference/src/', () => false)).toEqual([]);
  });

  it('of events name zod alone', () => {
    expect(outside('events/src/', (name) => name === 'zod')).toEqual([]);
  });

  it('of AWS clients and Slack stand only in adapters of a service', () => {
    const steps = product.filter(
      ({ path }) => path.startsWith('services/') && !/\/(adapters|[a-z-]*-adapter|[a-z-]+-input)\.ts$/.test(path),
    );
    expect(strayImports(steps, (name) => !/^@aws-sdk|^@slack\/web-api/.test(name))).toEqual([]);
  });

  it('of middy and Powertools stand only in the handler kit', () => {
    const others = product.filter(({ path }) => !path.startsWith('shared/handler-kit/'));
    expect(strayImports(others, (name) => !/^@middy|^@aws-lambda-powertools/.test(name))).toEqual([]);
  });

  it('never name the embedded cloud from inside the product', () => {
    const others = product.filter(({ path }) => !/^(local|cli)\//.test(path));
    expect(strayImports(others, (name) => name !== '@dropforge/local')).toEqual([]);
  });
});

describe('the environment', () => {
  it('is read in adapters and in the kit, never in a step', () => {
    const steps = product.filter(({ path }) => path.startsWith('services/') && !path.endsWith('/adapters.ts'));
    expect(steps.filter(({ text }) => text.includes('process.env')).map(({ path }) => path)).toEqual([]);
  });
});

function outside(folder: string, allowed: (name: string) => boolean): string[] {
  return strayImports(
    product.filter(({ path }) => path.startsWith(folder)),
    (name) => name.startsWith('.') || allowed(name),
  );
}

function strayImports(files: readonly SourceFile[], allowed: (name: string) => boolean): string[] {
  return files.flatMap((file) =>
    importsOf(file)
      .filter((name) => !allowed(name))
      .map((name) => `${file.path} imports ${name}`),
  );
}

function homeOf(path: string): string {
  const depth = /^(services|shared|jobs|edge)\//.test(path) ? 2 : 1;
  return path.split('/').slice(0, depth).join('/');
}
