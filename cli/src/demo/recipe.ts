/** The recipe of the demo: half the width and a minute of training, so that it is over soon on two cores. */
export function demoRecipe(seconds: number, targets: readonly string[]): string {
  return `# What the demo trains. \`dropforge init\` writes one for your own dataset.
name: fashion-mnist
network: { name: lmnet-v1, width: 0.5 }
imageSize: 32
batchSize: 64
budget: { seconds: ${seconds} }
optimizer: { name: adam, learningRate: 0.012 }
schedule: { name: cosine, warmup: 0.1 }
augmentations: []
labelSmoothing: 0
targets: [${targets.join(', ')}]
gates: { minimumAccuracy: 0.8 }
deployment: { to: dropforge-devices, approval: auto }
`;
}
