import { refuse } from '../frontend/graph.ts';
import type { Step } from './rule.ts';

/** What to do instead of an operator that the integer model cannot hold. */
export const ADVICE: ReadonlyMap<string, string> = new Map([
  ['Resize', 'resize the images before the network'],
  ['Upsample', 'resize the images before the network'],
  ['Concat', 'use a network without branches'],
  ['ConvTranspose', 'use Conv'],
  ['Sigmoid', 'use Relu before an activation quantizer, and leave the logits as they are'],
  ['Tanh', 'use Relu or Clip before an activation quantizer'],
  ['HardSwish', 'use Relu before an activation quantizer'],
  ['LeakyRelu', 'use Relu before an activation quantizer'],
  ['Pow', 'use affine operations and Relu between a layer and its quantizer'],
  ['LRN', 'use BatchNormalization'],
  ['LayerNormalization', 'use BatchNormalization, whose statistics are constants'],
  ['InstanceNormalization', 'use BatchNormalization, whose statistics are constants'],
  ['TopK', 'end the graph at the logits'],
  ['ArgMax', 'end the graph at the logits'],
  ['Softmax', 'end the graph at the logits'],
  ['QuantizeLinear', 'export as QONNX (Quant, BipolarQuant) instead of QDQ'],
  ['DequantizeLinear', 'export as QONNX (Quant, BipolarQuant) instead of QDQ'],
]);

/** The refusal for a node that no rule understands. */
export function unsupported({ node, operator, position, constants }: Step): Error {
  if (position > 0 && constants[0]) {
    return refuse('UNSUPPORTED_OPERATOR', node, 'the activation is not its first input', 'swap its inputs');
  }
  const action = ADVICE.get(operator) ?? 'build the network from the operators that docs/qonnx.md lists';
  return refuse('UNSUPPORTED_OPERATOR', node, `the operator ${operator} has no integer form here`, action);
}
