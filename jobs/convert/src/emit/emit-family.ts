/** One family of fast kernels as C: its constant arrays, its descriptions and the function that runs its steps. */
import { type ConvolutionLayer, elementCount, type PlannedLayer } from '@dropforge/quantized-inference';
import {
  type KernelFamily,
  type PackedConvolution,
  packBytes,
  packGroups,
  packPairs,
  packSixes,
  packWords,
  planStepMemory,
  planSteps,
  type Step,
  type StepMemory,
} from '@dropforge/quantized-inference/packed';
import { cLayout } from './c-layout.ts';
import { cArray } from './c-text.ts';
import { emitLayer } from './emit-layer.ts';

/** Ends with `static void run_<family>(const df_execution *execution)`. */
export function emitFamily(layers: readonly PlannedLayer[], family: KernelFamily): string {
  const steps = planSteps(layers, family);
  const memory = planStepMemory(steps, layers);
  const texts = steps.map((step, index) => emitStep(layers, step, index, family, memory));
  const statements = texts.flatMap(({ call, observe }) => [call, ...observe]);
  const body = [
    `static void run_${family}(const df_execution *execution) {`,
    '    uint8_t *const arena = execution->arena;',
    ...statements.map((statement) => `    ${statement}`),
    '}',
  ];
  return [...texts.map(({ definitions }) => definitions), `${body.join('\n')}\n`].join('\n');
}

interface StepText {
  readonly definitions: string;
  readonly call: string;
  /** Statements that show the observer what the step wrote. */
  readonly observe: readonly string[];
}

function emitStep(
  layers: readonly PlannedLayer[],
  step: Step,
  index: number,
  family: KernelFamily,
  memory: StepMemory,
): StepText {
  const input = index === 0 ? 'execution->pixels' : `arena + ${memory.outputOffsets[index - 1]}`;
  const output = `arena + ${memory.outputOffsets[index]}`;
  const symbol = `${family}_${index}`;
  switch (step.kind) {
    case 'pack':
      return {
        definitions: `static const df_layout ${symbol} = ${cLayout(step.output)};\n`,
        call: `df_pack(&${symbol}, ${input}, ${output});`,
        observe: [],
      };
    case 'portable': {
      const planned = layers[step.layer] as PlannedLayer; // a step's layer is one of the list
      const scratch = `arena + ${memory.scratchOffset}`;
      const { call } = emitLayer(planned, `layer_${step.layer}`, input, output, scratch);
      const isHead = planned.layer.op === 'head';
      const levels = isHead ? '(const uint8_t *)execution->logits' : output;
      const bytes = elementCount(planned.output) * (isHead ? 4 : 1);
      return { definitions: '', call, observe: [`observe(execution, ${step.layer}, ${levels}, ${bytes});`] };
    }
    case 'convolution':
      return {
        definitions: emitConvolution(layers[step.layer] as PlannedLayer, step, symbol, family),
        call: `df_conv_${step.kernel}(&${symbol}, ${input}, ${output}, execution->kernels);`,
        observe: observeConvolution(layers, step, symbol, output, memory),
      };
  }
}

type ConvolutionStep = Extract<Step, { kind: 'convolution' }>;

function emitConvolution(planned: PlannedLayer, step: ConvolutionStep, symbol: string, family: KernelFamily): string {
  const layer = planned.layer as ConvolutionLayer; // a convolution step's layer is one
  const packed = pack(planned, layer, step);
  const again = packAgain(layer, step, family);
  const onlyThere = (text: string) => (again?.machines ? `#if ${again.machines}\n${text}#endif\n` : text);
  const fields = [
    `.input = ${cLayout(step.input)}`,
    `.output = ${cLayout(step.output)}`,
    `.kernel = ${layer.kernel}`,
    `.stride = ${layer.stride}`,
    `.threshold_count = ${2 ** layer.activationBits - 1}`,
    `.steps = ${packed.steps}`,
    `.weights = ${symbol}_weights`,
    `.thresholds = ${symbol}_thresholds`,
  ];
  return [
    cArray(packed.weightType, `${symbol}_weights`, packed.weights),
    cArray(packed.thresholdType, `${symbol}_thresholds`, packed.thresholds),
    again ? onlyThere(cArray(again.type, `${symbol}_${again.field}`, again.weights)) : '',
    `static const df_packed_conv ${symbol} = {\n${fields.map((text) => `    ${text},\n`).join('')}`,
    again ? onlyThere(`    .${again.field} = ${symbol}_${again.field},\n`) : '',
    '};\n',
  ].join('');
}

/**
 * The weights in the order that some processors of the family want: those without a product of bytes, and those with VBMI.
 * `machines`: null for all of them.
 */
function packAgain(layer: ConvolutionLayer, { kernel, input }: ConvolutionStep, family: KernelFamily) {
  if (kernel === 'bytes') {
    // PCs with bit planes have a product of bytes, ARM has not.
    const machines = family === 'groups' ? null : '!defined(__x86_64__)';
    return { machines, field: 'pairs', type: 'int16_t', weights: packPairs(layer, input) };
  }
  if (kernel !== 'groups' || layer.weights.format === 'int8') return null;
  const sixes = packSixes(layer, layer.weights.words, input);
  return { machines: 'defined(__x86_64__)', field: 'sixes', type: 'uint8_t', weights: sixes };
}

function pack(
  { inputBits }: PlannedLayer,
  layer: ConvolutionLayer,
  { kernel, input }: ConvolutionStep,
): PackedConvolution {
  if (kernel === 'bytes' || layer.weights.format === 'int8') return packBytes(layer, inputBits === null ? 128 : 0);
  return (kernel === 'groups' ? packGroups : packWords)(layer, layer.weights.words, input);
}

/** The convolution's levels, and what the space-to-depth in its addresses made of them. */
function observeConvolution(
  layers: readonly PlannedLayer[],
  step: ConvolutionStep,
  symbol: string,
  output: string,
  memory: StepMemory,
): string[] {
  const bytes = elementCount(step.output.shape);
  const [first, second] = memory.observerOffsets.map((offset) => `arena + ${offset}`);
  const next = step.layer + 1;
  const isFused = layers[next]?.layer.op === 'space-to-depth';
  const statements = [
    `df_unpack(&${symbol}.output, ${output}, ${first});`,
    `observe(execution, ${step.layer}, ${first}, ${bytes});`,
    ...(isFused
      ? [`df_space_to_depth(&layer_${next}, ${first}, ${second});`, `observe(execution, ${next}, ${second}, ${bytes});`]
      : []),
  ];
  return ['if (execution->observer != 0) {', ...statements.map((statement) => `    ${statement}`), '}'];
}
