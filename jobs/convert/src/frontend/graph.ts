import { ConversionError, type ConversionErrorCode } from './conversion-error.ts';

/** An ONNX graph as the passes see it: nodes in file order, every initializer decoded to float64. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, Constant>;
  /** Graph inputs without those that an initializer supplies. */
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly metadata: ReadonlyMap<string, string>;
  /** Version of the default operator set, 0 when the model names none. */
  readonly opset: number;
}

export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  /** '' is ONNX's own domain (also spelled `ai.onnx`). */
  readonly domain: string;
  /** '' marks an omitted optional input. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

export interface Attribute {
  readonly integer?: number;
  readonly float?: number;
  readonly text?: string;
  readonly integers?: readonly number[];
  readonly floats?: readonly number[];
  readonly tensor?: Constant;
  /** True for subgraphs and other kinds that no supported operator carries. */
  readonly other?: true;
}

export interface ValueInfo {
  readonly name: string;
  /** One entry per axis, -1 where the exporter left it open; undefined when no shape is given. */
  readonly shape: readonly number[] | undefined;
}

/** A tensor that is known at conversion time, row-major. */
export interface Constant {
  readonly dims: readonly number[];
  readonly values: Float64Array;
  /** ONNX integer type: division truncates, as shape arithmetic expects. */
  readonly integer: boolean;
  /** Set when a quantizer produced the values: `values[i] = levels[i] * scales[i]`. */
  readonly quantized?: QuantizedLevels;
}

export interface QuantizedLevels {
  readonly levels: Float64Array;
  readonly scales: Float64Array;
  /** Every level is -1 or +1. */
  readonly bipolar: boolean;
}

/** Elements of a shape; axes are non-negative integers by construction. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** Refuses `node` with a sentence that names it. */
export function refuse(code: ConversionErrorCode, node: OnnxNode, what: string, action: string): ConversionError {
  return new ConversionError(code, { what, action, node: node.name, operator: node.operator });
}

export function integerAttribute(node: OnnxNode, name: string, fallback: number): number {
  return node.attributes.get(name)?.integer ?? fallback;
}

export function floatAttribute(node: OnnxNode, name: string, fallback: number): number {
  return node.attributes.get(name)?.float ?? fallback;
}

export function textAttribute(node: OnnxNode, name: string, fallback: string): string {
  return node.attributes.get(name)?.text ?? fallback;
}

export function integersAttribute(node: OnnxNode, name: string, fallback: readonly number[]): readonly number[] {
  return node.attributes.get(name)?.integers ?? fallback;
}

/** Domains under which exporters write the quantizers' operators. */
const QUANTIZER_DOMAINS: ReadonlySet<string> = new Set([
  'qonnx.custom_op.general',
  'onnx.brevitas',
  'finn.custom_op.general',
]);

/** Names that QONNX has for the same operator. */
const QUANTIZER_ALIASES: ReadonlyMap<string, string> = new Map([['IntQuant', 'Quant']]);

/** `domain::operator` folded to one name, so that a rule can say which operator it means; foreign domains stay visible. */
export function operatorOf(node: OnnxNode): string {
  if (node.domain === '' || node.domain === 'ai.onnx') return node.operator;
  if (QUANTIZER_DOMAINS.has(node.domain)) return `quantizer.${QUANTIZER_ALIASES.get(node.operator) ?? node.operator}`;
  return `${node.domain}.${node.operator}`;
}
