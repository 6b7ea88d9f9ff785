import { type Constant, type OnnxNode, operatorOf, refuse } from '../graph.ts';
import { broadcastStrides, checkedElements, gatherOffsets, required } from './evaluator.ts';

const BINARY: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Pow: (a, b) => a ** b,
};

const UNARY: Readonly<Record<string, (a: number) => number>> = {
  Neg: (a) => -a,
  Sqrt: Math.sqrt,
  Reciprocal: (a) => 1 / a,
  Abs: Math.abs,
  Log: Math.log,
  Exp: Math.exp,
  Ceil: Math.ceil,
  Floor: Math.floor,
};

/** The operators below by name. */
export const ARITHMETIC: readonly string[] = [...Object.keys(BINARY), ...Object.keys(UNARY)];

/** Add, Sub, Mul, Div, Pow with NumPy broadcasting; Neg, Sqrt, Reciprocal, Abs, Log, Exp, Ceil, Floor. Integer division truncates. */
export function evaluateArithmetic(node: OnnxNode, inputs: readonly (Constant | undefined)[]): Constant {
  const a = required(node, inputs, 0);
  const operator = operatorOf(node);
  const unary = UNARY[operator];
  if (unary) return { dims: a.dims, values: a.values.map(unary), integer: a.integer };
  const binary = BINARY[operator];
  if (!binary) throw refuse('UNSUPPORTED_OPERATOR', node, 'the operator is not arithmetic', 'remove it');
  const b = required(node, inputs, 1);
  const dims = broadcastShape(node, a.dims, b.dims);
  checkedElements(node, dims);
  const fromA = gatherOffsets(dims, broadcastStrides(node, a.dims, dims));
  const fromB = gatherOffsets(dims, broadcastStrides(node, b.dims, dims));
  const integer = a.integer && b.integer;
  const values = new Float64Array(fromA.length);
  for (let index = 0; index < values.length; index++) {
    const value = binary(at(a, fromA, index), at(b, fromB, index));
    values[index] = integer ? Math.trunc(value) : value;
  }
  return { dims, values, integer };
}

/** NumPy's common shape of two tensors. */
export function broadcastShape(node: OnnxNode, a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      const shapes = `[${a.join(', ')}] and [${b.join(', ')}]`;
      throw refuse('SHAPE_MISMATCH', node, `the shapes ${shapes} do not combine`, 'export the model again');
    }
    return left === 1 ? right : left;
  });
}

function at(constant: Constant, offsets: Int32Array, index: number): number {
  return constant.values[offsets[index] ?? 0] ?? Number.NaN;
}
