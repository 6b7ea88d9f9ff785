/** The mapped netlist as Yosys writes it (`write_json`; https://yosyshq.readthedocs.io/projects/yosys/en/latest/cmd/write_json.html). */

/** A net's number, or a constant. */
export type Bit = number | '0' | '1' | 'x' | 'z';

export interface Cell {
  readonly type: string;
  readonly connections: Readonly<Record<string, readonly Bit[]>>;
  readonly port_directions: Readonly<Record<string, 'input' | 'output' | 'inout'>>;
}

export interface Netlist {
  readonly cells: Readonly<Record<string, Cell>>;
  /** Names of nets, for messages. */
  readonly netnames: Readonly<Record<string, { readonly bits: readonly Bit[] }>>;
}

/** Takes the flat top module. Throws for a file without one. */
export function readNetlist(json: string, top: string): Netlist {
  const { modules } = JSON.parse(json) as { modules: Record<string, Netlist> }; // written by Yosys a moment ago
  const module = modules[top];
  if (module === undefined) throw new Error(`The netlist has no module ${top}.`);
  return module;
}
