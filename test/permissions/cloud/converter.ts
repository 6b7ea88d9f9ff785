/** The flow tests' fake converter, with an artifact that a device can run: a fake runner instead of `programs`. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fakeRunner, logitsOf, tarball } from '@dropforge/edge-agent/testing';

const root = process.env.SAGEMAKER_BASE_DIR ?? '';
const { modelName } = JSON.parse(readFileSync(join(root, 'processing/input/config/conversion.json'), 'utf8'));
if (modelName === 'never-ending') await wait(600_000);

await import('../../flow/whole-cloud/fake-converter.ts');

const artifact = join(root, 'processing/output/artifact');
const manifestFile = join(artifact, 'manifest.json');
if (existsSync(manifestFile)) {
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));
  const bytes = manifest.input.height * manifest.input.width * 3;
  const image = new Uint8Array(bytes).map((_, index) => index & 255);
  const classes = manifest.classes.length;
  const contents: Record<string, string | Uint8Array> = {
    'bin/x86_64/dropforge-run': fakeRunner(1, bytes, classes, 'good'),
    'models/golden.i32': new Uint8Array(Int32Array.from(logitsOf(image, 1, classes)).buffer),
    'models/golden.u8': image,
    'models/model.safetensors': readFileSync(join(artifact, 'model.safetensors')),
  };
  const files = Object.entries(contents).map(([path, content]) => ({ path, content: Buffer.from(content) }));
  const listed = files.map(({ path, content }) => ({ path, sha256: sha256(content), bytes: content.length }));
  const described = Buffer.from(JSON.stringify({ ...manifest, files: listed }));
  writeFileSync(manifestFile, described);
  const packed = [...files, { path: 'manifest.json', content: described }];
  const archive = await tarball(new Map(packed.map(({ path, content }) => [`output/${path}`, content])));
  writeFileSync(join(artifact, 'output.tar.gz'), archive);
}

// The recipe's name asks for a job that says it has done well, and has not.
if (modelName === 'without-manifest') rmSync(manifestFile);
if (modelName === 'without-labels') rmSync(join(artifact, '../verification/labels.u16'));

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
