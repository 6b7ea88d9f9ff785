import { ConversionError } from '../frontend/conversion-error.ts';
import { type Constant, type OnnxGraph, type OnnxNode, operatorOf, refuse } from '../frontend/graph.ts';
import { evaluators } from '../frontend/operators/evaluators.ts';
import { shapeConstant } from '../frontend/operators/shape.ts';
import type { Activation } from './activation.ts';
import { imageInput } from './image-input.ts';
import type { LayerList, Step } from './rule.ts';
import { rules } from './rules.ts';
import { unsupported } from './unsupported.ts';

/** Elements that all nodes together may produce: far above any device network, far below what fills memory. */
const MAXIMUM_CONSTANT_ELEMENTS = 48 * 1024 * 1024;
const MAXIMUM_ACTIVATION_ELEMENTS = 256 * 1024 * 1024;

/**
 * Walks the nodes that the output needs, once, in order. A tensor is a constant (computed here) or the activation;
 * a rule maps the activation through each node and writes layers into `layers`. Returns what the output holds.
 */
export function lowerGraph(graph: OnnxGraph, layers: LayerList): Activation {
  const output = onlyOutput(graph);
  const input = imageInput(graph);
  const constants = new Map(graph.initializers);
  const activations = new Map<string, Activation>([[input.name, input.activation]]);
  const readers = new Map<string, string>();
  let constantElements = 0;
  let activationElements = 0;
  for (const node of neededNodes(graph, output)) {
    const [produced = ''] = node.outputs;
    if (constants.has(produced) || activations.has(produced)) throw producedTwice(node);
    const step = activationStep(node, constants, activations, output);
    if (step === undefined) {
      const constant = evaluate(node, constants, graph.opset);
      constants.set(produced, constant);
      constantElements += constant.values.length;
    } else if (step.operator === 'Shape') {
      constants.set(produced, shapeConstant(node, step.activation.shape));
    } else {
      requireOnlyReader(node, node.inputs[step.position] ?? '', readers);
      const rule = rules.find((candidate) => candidate.matches(step));
      if (rule === undefined) throw unsupported(step);
      const activation = rule.rewrite(step, layers);
      activations.set(produced, activation);
      activationElements += activation.places.length;
    }
    if (constantElements > MAXIMUM_CONSTANT_ELEMENTS || activationElements > MAXIMUM_ACTIVATION_ELEMENTS) {
      throw refuse('ONNX_TOO_LARGE', node, 'the network is too large', 'use a smaller network or smaller images');
    }
  }
  const result = activations.get(output);
  if (result === undefined || result === input.activation) throw noNetwork(output);
  return result;
}

/** The step, or undefined when every input of the node is a constant. */
function activationStep(
  node: OnnxNode,
  constants: ReadonlyMap<string, Constant>,
  activations: ReadonlyMap<string, Activation>,
  output: string,
): Step | undefined {
  const position = node.inputs.findIndex((name) => activations.has(name));
  const activation = activations.get(node.inputs[position] ?? '');
  if (activation === undefined) return undefined;
  if (node.inputs.some((name, index) => index !== position && activations.has(name))) throw joins(node);
  const inputs = node.inputs.map((name, index) =>
    index === position ? undefined : constantNamed(node, name, constants),
  );
  const operator = operatorOf(node);
  return { node, operator, activation, position, isLast: node.outputs[0] === output, constants: inputs };
}

function evaluate(node: OnnxNode, constants: ReadonlyMap<string, Constant>, opset: number): Constant {
  const evaluator = evaluators.get(operatorOf(node));
  if (evaluator === undefined) {
    throw refuse(
      'UNSUPPORTED_OPERATOR',
      node,
      'it computes a constant in a way that is not known here',
      'fold constants before the export (onnxsim, or onnxruntime with basic optimization)',
    );
  }
  const inputs = node.inputs.map((name) => constantNamed(node, name, constants));
  return evaluator(node, inputs, opset);
}

function constantNamed(node: OnnxNode, name: string, constants: ReadonlyMap<string, Constant>): Constant | undefined {
  if (name === '') return undefined;
  const constant = constants.get(name);
  if (constant) return constant;
  throw refuse(
    'UNSUPPORTED_GRAPH',
    node,
    `it reads the tensor ${name}, which no earlier node produces`,
    'export a graph with one input and its nodes in order',
  );
}

/** Nodes on which the output depends, in file order. */
function neededNodes(graph: OnnxGraph, output: string): OnnxNode[] {
  const needed = new Set([output]);
  const nodes: OnnxNode[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => name !== '' && needed.has(name))) continue;
    for (const name of node.inputs) needed.add(name);
    nodes.push(node);
  }
  return nodes.reverse();
}

function onlyOutput({ outputs }: OnnxGraph): string {
  const [output] = outputs;
  if (output !== undefined && outputs.length === 1) return output.name;
  throw new ConversionError('UNSUPPORTED_GRAPH', {
    what: `the graph has ${outputs.length} outputs`,
    action: 'export a classifier with one output, the logits',
  });
}

/** A layer holds its input once: what two nodes read would have to be kept, which the integer model does not do. */
function requireOnlyReader(node: OnnxNode, tensor: string, readers: Map<string, string>): void {
  const other = readers.get(tensor);
  if (other === undefined) {
    readers.set(tensor, node.name);
    return;
  }
  throw refuse('UNSUPPORTED_BRANCH', node, `node ${other} reads its input too`, 'use a network without branches');
}

function joins(node: OnnxNode): Error {
  return refuse('UNSUPPORTED_BRANCH', node, 'it joins two branches', 'use a network without skip connections');
}

function producedTwice(node: OnnxNode): Error {
  return refuse('UNSUPPORTED_GRAPH', node, 'another node has already made its output', 'export the model again');
}

function noNetwork(output: string): Error {
  return new ConversionError('UNSUPPORTED_GRAPH', {
    what: `the output ${output} does not depend on the input`,
    action: 'export a classifier from one image to its logits',
  });
}
