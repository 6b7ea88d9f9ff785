/** How a fake runner behaves; everything but `good` is broken in its own way. */
export type Behaviour =
  | 'good'
  | 'fails-self-test'
  | 'crashes-when-asked'
  | 'wrong-when-asked'
  | 'wrong-later'
  | 'silent';

/**
 * The source of a runner in Node.js that keeps the compiled runner's contract: `--self-test IMAGES LOGITS` and
 * `--serve-stdio`. Its logits are sums over the pixels, different for each `seed`.
 */
export function fakeRunner(seed: number, imageBytes: number, classes: number, behaviour: Behaviour): string {
  return `#!/usr/bin/env node
const { readFileSync } = require('node:fs');
const behaviour = ${JSON.stringify(behaviour)}, bytes = ${imageBytes}, classes = ${classes};
${logitsOf.toString()}
const answer = (image) => { const out = Buffer.alloc(classes * 4); logitsOf(image, ${seed}, classes).forEach((v, i) => out.writeInt32LE(v, i * 4)); return out; };
if (process.argv[2] === '--self-test') {
  if (behaviour === 'fails-self-test') process.exit(1);
  const images = readFileSync(process.argv[3]), logits = readFileSync(process.argv[4]);
  const outs = [];
  for (let at = 0; at < images.length; at += bytes) outs.push(answer(images.subarray(at, at + bytes)));
  process.exit(Buffer.concat(outs).equals(logits) ? 0 : 1);
}
if (process.argv[2] !== '--serve-stdio') process.exit(64);
let rest = Buffer.alloc(0), asked = 0;
process.stdin.on('data', (chunk) => {
  for (rest = Buffer.concat([rest, chunk]); rest.length >= bytes; rest = rest.subarray(bytes)) {
    asked++;
    if (behaviour === 'crashes-when-asked' && asked > 1) process.exit(139);
    if (behaviour === 'silent') return;
    const out = answer(rest.subarray(0, bytes));
    if (behaviour === 'wrong-when-asked' || (behaviour === 'wrong-later' && asked > 2)) out[0] ^= 1;
    process.stdout.write(out);
  }
});
process.stdout.on('error', () => process.exit(0));
process.stdin.on('end', () => process.exit(0));
`;
}

/** The fake model: also what a test expects of it. */
export function logitsOf(image: Uint8Array, seed: number, classes: number): number[] {
  return Array.from({ length: classes }, (_, label) =>
    image.reduce((sum, pixel, index) => (sum + pixel * ((index * (label + 3) * seed) % 17)) | 0, seed * label),
  );
}
