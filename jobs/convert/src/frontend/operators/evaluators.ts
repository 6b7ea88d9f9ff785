import { ARITHMETIC, evaluateArithmetic } from './arithmetic.ts';
import { evaluateBipolarQuant } from './bipolar-quant.ts';
import { evaluateCast } from './cast.ts';
import { evaluateConcat } from './concat.ts';
import { evaluateConstant, evaluateConstantOfShape } from './constant.ts';
import type { Evaluator } from './evaluator.ts';
import { evaluateGather } from './gather.ts';
import { evaluateQuant } from './quant.ts';
import { evaluateReshape } from './reshape.ts';
import { evaluateShape } from './shape.ts';
import { evaluateSlice } from './slice.ts';
import { evaluateTranspose } from './transpose.ts';

/** Operators that can be computed at conversion time, by `operatorOf` name. */
export const evaluators: ReadonlyMap<string, Evaluator> = new Map<string, Evaluator>([
  ...ARITHMETIC.map((operator): [string, Evaluator] => [operator, evaluateArithmetic]),
  ...['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Identity'].map((operator): [string, Evaluator] => [
    operator,
    evaluateReshape,
  ]),
  ['Cast', evaluateCast],
  ['Concat', evaluateConcat],
  ['Constant', evaluateConstant],
  ['ConstantOfShape', evaluateConstantOfShape],
  ['Gather', evaluateGather],
  ['Shape', evaluateShape],
  ['Slice', evaluateSlice],
  ['Transpose', evaluateTranspose],
  ['quantizer.BipolarQuant', evaluateBipolarQuant],
  ['quantizer.Quant', evaluateQuant],
]);
