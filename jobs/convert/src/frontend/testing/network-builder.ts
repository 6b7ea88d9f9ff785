import { type AttributeSpec, type ModelSpec, type NodeSpec, type TensorSpec, writeOnnx } from './onnx-writer.ts';

/** Builds a chain of nodes as an exporter would write it; each call continues from the tensor before. */
export class NetworkBuilder {
  readonly nodes: NodeSpec[] = [];
  readonly initializers: Record<string, TensorSpec> = {};
  readonly shape: readonly (number | string)[];
  metadata: Record<string, string> = {};
  /** The tensor that the next node reads. */
  current = 'image';
  domain = 'qonnx.custom_op.general';

  constructor(shape: readonly (number | string)[]) {
    this.shape = shape;
  }

  /** Adds a node that reads `inputs` ('' = the current tensor) and makes it current unless `aside`. */
  node(operator: string, inputs: readonly string[], attributes: Record<string, AttributeSpec> = {}, domain = ''): this {
    this.current = this.aside(operator, inputs, attributes, domain);
    return this;
  }

  /** Adds a node beside the chain and returns the name of its output. */
  aside(
    operator: string,
    inputs: readonly string[],
    attributes: Record<string, AttributeSpec> = {},
    domain = '',
  ): string {
    const output = `${operator.toLowerCase()}${this.nodes.length}`;
    const names = inputs.map((name) => (name === '' ? this.current : name));
    this.nodes.push({ operator, inputs: names, output, attributes, domain });
    return output;
  }

  constant(values: TensorSpec['values'] | number, dims?: readonly number[], storage?: TensorSpec['storage']): string {
    const name = `constant${Object.keys(this.initializers).length}`;
    const list = typeof values === 'number' ? [values] : values;
    const shape = dims ?? (typeof values === 'number' ? [] : [list.length]);
    this.initializers[name] = { dims: shape, values: list, ...(storage && { storage }) };
    return name;
  }

  /** Signed narrow weights of `bits` bits with one scale per output channel (or one in all). */
  quantWeights(values: TensorSpec['values'], dims: readonly number[], scales: readonly number[], bits = 8): string {
    const scaleDims = scales.length === 1 ? [] : [scales.length, ...dims.slice(1).map(() => 1)];
    const inputs = [
      this.constant(values, dims),
      this.constant(scales, scaleDims),
      this.constant(0),
      this.constant(bits),
    ];
    return this.aside('Quant', inputs, { signed: 1, narrow: 1, rounding_mode: 'ROUND' }, this.domain);
  }

  bipolarWeights(values: TensorSpec['values'], dims: readonly number[], scale = 1): string {
    return this.aside('BipolarQuant', [this.constant(values, dims), this.constant(scale)], {}, this.domain);
  }

  convolution(weights: string, kernel: number, padding: number, stride = 1): this {
    return this.node('Conv', ['', weights], {
      kernel_shape: [kernel, kernel],
      pads: [padding, padding, padding, padding],
      strides: [stride, stride],
    });
  }

  batchNormalization(gamma: number[], beta: number[], mean: number[], variance: number[], epsilon = 1e-5): this {
    const inputs = [gamma, beta, mean, variance].map((values) => this.constant(values));
    return this.node('BatchNormalization', ['', ...inputs], { epsilon: { float: epsilon } });
  }

  quant(scale: number, bits = 2, signed = 0, narrow = 0, rounding_mode = 'ROUND'): this {
    const inputs = ['', this.constant(scale), this.constant(0), this.constant(bits)];
    return this.node('Quant', inputs, { signed, narrow, rounding_mode }, this.domain);
  }

  spec(): ModelSpec {
    const { nodes, initializers, metadata, current } = this;
    return { nodes, initializers, metadata, input: { name: 'image', shape: this.shape }, output: current };
  }

  bytes(): Uint8Array {
    return writeOnnx(this.spec());
  }
}
