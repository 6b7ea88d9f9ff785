import type { Layer } from '@dropforge/quantized-inference';
import { type Constant, type OnnxNode, refuse } from '../frontend/graph.ts';
import type { Activation } from './activation.ts';

/** One step of the lowering: which nodes it understands, and what becomes of the activation that flows through. */
export interface Rule {
  matches(step: Step): boolean;
  /** Throws ConversionError when the node is of this kind and cannot be lowered. */
  rewrite(step: Step, layers: LayerList): Activation;
}

/** A node with the activation that it reads. */
export interface Step {
  readonly node: OnnxNode;
  /** `operatorOf(node)`. */
  readonly operator: string;
  readonly activation: Activation;
  /** Which input of the node the activation is. */
  readonly position: number;
  /** The node makes the graph's output. */
  readonly isLast: boolean;
  /** Input `index`: undefined where omitted, and where the activation is. */
  readonly constants: readonly (Constant | undefined)[];
}

/** The integer layers so far; names are made unique and safe for C and for tensor names. */
export interface LayerList {
  push(layer: Layer): void;
  uniqueName(wanted: string): string;
  /** The last layer with thresholds writes the levels 0, 2, 4 .. where it wrote 0, 1, 2 .. */
  doubleLevels(): void;
}

/** Constant input `index` of the step's node. */
export function constantInput({ node, constants }: Step, index: number): Constant {
  const constant = constants[index];
  if (constant) return constant;
  throw refuse('NOT_CONSTANT', node, `input ${index} must be known at conversion time`, 'store it as an initializer');
}
