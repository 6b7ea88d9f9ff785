/**
 * Why a network cannot be converted: a stable code, the node it concerns, and what would make it fit.
 * Everything that a hostile or unsuitable file can cause is one of these; any other exception is a defect of ours.
 */
export class ConversionError extends Error {
  readonly code: ConversionErrorCode;
  /** Name of the ONNX node (or tensor), or '' when the fault concerns the whole file. */
  readonly node: string;
  /** Operator type of that node, or ''. */
  readonly operator: string;
  /** One sentence: what to change. */
  readonly action: string;

  constructor(code: ConversionErrorCode, fault: Fault) {
    super(sentence(fault));
    this.name = 'ConversionError';
    this.code = code;
    this.node = fault.node ?? '';
    this.operator = fault.operator ?? '';
    this.action = fault.action;
  }
}

export interface Fault {
  readonly what: string;
  readonly action: string;
  readonly node?: string;
  readonly operator?: string;
}

export type ConversionErrorCode =
  | 'MALFORMED_ONNX'
  | 'ONNX_TOO_LARGE'
  | 'EXTERNAL_DATA'
  | 'UNSUPPORTED_TENSOR'
  | 'UNSUPPORTED_OPERATOR'
  | 'UNSUPPORTED_ATTRIBUTE'
  | 'UNSUPPORTED_GRAPH'
  | 'UNSUPPORTED_BRANCH'
  | 'UNSUPPORTED_DATA_MOVEMENT'
  | 'UNSUPPORTED_INPUT'
  | 'UNSUPPORTED_QUANTIZER'
  | 'UNSUPPORTED_HEAD'
  | 'NOT_CONSTANT'
  | 'NOT_PER_CHANNEL'
  | 'NOT_QUANTIZED'
  | 'NOT_MONOTONE'
  | 'SCALE_NOT_UNIFORM'
  | 'PADDING_NOT_ZERO'
  | 'SHAPE_MISMATCH'
  | 'NOT_FINITE'
  | 'OUT_OF_RANGE'
  | 'CLASSES_MISMATCH';

function sentence({ what, action, node, operator }: Fault): string {
  const shown = node ? `${printable(node)}${operator ? ` (${printable(operator)})` : ''}: ` : '';
  return `${shown}${what}. To make it fit: ${action}.`;
}

/** Names come from the file: keep control characters out of logs and cut what is absurdly long. */
function printable(name: string): string {
  const clean = name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}');
  return clean.length > 120 ? `${clean.slice(0, 117)}...` : clean;
}
