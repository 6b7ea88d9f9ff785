/** The recipe of the demo: half the width and a minute of training, so that it is over soon on two cores. */
export function demoRecipe(seconds: number): string {
  return `# What the demo trains. \`dropforge init\` writes one for your own dataset.
name: fashion-mnist
network: { name: lmnet-v1, width: 0.5 }
imageSize: 32
batchSize: 64
budget: { seconds: ${seconds} }
optimizer: { name: adam, learningRate: 0.004 }
schedule: { name: cosine, warmup: 0.1 }
augmentations: [{ name: flip-left-right }, { name: shift, pixels: 2 }]
targets: [x86_64, aarch64, armv7l]
gates: { minimumAccuracy: 0.5 }
deployment: { to: dropforge-devices, approval: auto }
`;
}
