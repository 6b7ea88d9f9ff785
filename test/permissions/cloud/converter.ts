/** The flow tests' fake converter, with an artifact that a device can run: a fake runner instead of `programs`. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ProfileName } from '@dropforge/artifact-inspection';
import { fakeArtifact } from '@dropforge/artifact-inspection/testing';
import { fakeRunner, logitsOf } from '@dropforge/edge-agent/testing';

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
  const fake = fakeArtifact({
    targets: Object.keys(manifest.targets) as ProfileName[], // the recipe's, which names no others
    manifest,
    change: (packed) => {
      packed.set('bin/x86_64/dropforge-run', compiled(fakeRunner(1, bytes, classes, 'good')));
      packed.set('models/golden.i32', Buffer.from(Int32Array.from(logitsOf(image, 1, classes)).buffer));
      packed.set('models/golden.u8', Buffer.from(image));
      packed.set('models/model.safetensors', readFileSync(join(artifact, 'model.safetensors')));
    },
  });
  writeFileSync(manifestFile, fake.manifest);
  writeFileSync(join(artifact, 'output.tar.gz'), fake.archive);
}

// The recipe's name asks for a job that says it has done well, and has not.
if (modelName === 'without-manifest') rmSync(manifestFile);
if (modelName === 'without-labels') rmSync(join(artifact, '../verification/labels.u16'));

/** A program for the gate, which looks at what it is, and a script for the device: it becomes Node.js with the script. */
function compiled(script: string): Buffer {
  // A script has its own name among the arguments, which -e leaves out. Escapes of JSON are escapes of C.
  const text = JSON.stringify(`process.argv.splice(1, 0, 'runner');${script.slice(script.indexOf('\n'))}`);
  const source = `#include <unistd.h>
int main(int count, char **given) {
    char *all[16] = {"node", "-e", ${text}, "--"};
    for (int index = 1; index < count && index < 12; index++) all[index + 3] = given[index];
    return execvp("node", all);
}`;
  const program = join(root, 'runner');
  execFileSync('cc', ['-static', '-s', '-x', 'c', '-', '-o', program], { input: source });
  return readFileSync(program);
}
