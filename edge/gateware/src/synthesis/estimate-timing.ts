/**
 * The longest way from register to register, before placement: the delays of the cells and the same delay for every net.
 * An estimate to compare designs by, not a sign-off.
 */
import { arcsOf, registerDelay, setup } from './cell-delays.ts';
import type { Bit, Netlist } from './netlist.ts';

export interface TimingEstimate {
  readonly picoseconds: number;
  readonly megahertz: number;
  /** Names of the nets along the way, from the register that starts it to the cell that ends it. */
  readonly path: readonly string[];
}

interface Edge {
  readonly from: number;
  readonly delay: number;
}

interface Graph {
  /** Ways into each net. */
  readonly into: ReadonlyMap<number, readonly Edge[]>;
  /** Nets that a register drives, with its delay. */
  readonly starts: ReadonlyMap<number, number>;
  readonly ends: readonly { readonly net: number; readonly setup: number; readonly cell: string }[];
}

/** `netDelay`: picoseconds of every net. Carry chains have none of it. */
export function estimateTiming(netlist: Netlist, netDelay: number): TimingEstimate {
  const graph = graphOf(netlist, netDelay);
  const arrivals = new Map<number, { time: number; from: number | null }>();
  for (const { net } of graph.ends) arrive(graph, net, arrivals);
  let worst = { time: 0, net: -1, cell: '' };
  for (const { net, setup, cell } of graph.ends) {
    const time = (arrivals.get(net)?.time ?? 0) + netDelay + setup;
    if (time > worst.time) worst = { time, net, cell };
  }
  const names = netNames(netlist);
  const path = [worst.cell];
  for (let net: number | null = worst.net; net !== null; net = arrivals.get(net)?.from ?? null) {
    const name = names.get(net) ?? `${net}`;
    if (path[0] !== name) path.unshift(name);
  }
  return { picoseconds: worst.time, megahertz: Number((1e6 / worst.time).toFixed(1)), path };
}

function graphOf({ cells }: Netlist, netDelay: number): Graph {
  const into = new Map<number, Edge[]>();
  const starts = new Map<number, number>();
  const ends: Graph['ends'][number][] = [];
  for (const [name, cell] of Object.entries(cells)) {
    const nets = (port: string) => (cell.connections[port] ?? []).filter(isNet);
    for (const { from, to, delay } of arcsOf(cell)) {
      const edges = nets(from).map((net) => ({ from: net, delay: delay + (from === 'CI' ? 0 : netDelay) }));
      for (const net of nets(to)) into.set(net, [...(into.get(net) ?? []), ...edges]);
    }
    const delay = registerDelay[cell.type];
    const before = setup[cell.type];
    for (const [port, direction] of Object.entries(cell.port_directions)) {
      if (delay !== undefined && direction === 'output') for (const net of nets(port)) starts.set(net, delay);
      if (before === undefined || direction !== 'input' || isClock(port) || isRead(cell.type, port)) continue;
      for (const net of nets(port)) ends.push({ net, setup: before, cell: name });
    }
  }
  return { into, starts, ends };
}

/** Arrival times of a net and all before it, in post-order and without recursion: paths are thousands of cells long. */
function arrive(graph: Graph, target: number, arrivals: Map<number, { time: number; from: number | null }>): void {
  const stack = [{ net: target, open: true }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { net, open } = top;
    if (arrivals.has(net)) continue;
    const edges = graph.into.get(net) ?? [];
    if (open) {
      stack.push({ net, open: false });
      for (const { from } of edges) if (!arrivals.has(from)) stack.push({ net: from, open: true });
      continue;
    }
    let latest: { time: number; from: number | null } = { time: graph.starts.get(net) ?? 0, from: null };
    for (const { from, delay } of edges) {
      const time = (arrivals.get(from)?.time ?? 0) + delay;
      if (time > latest.time) latest = { time, from };
    }
    arrivals.set(net, latest);
  }
}

function isNet(bit: Bit): bit is number {
  return typeof bit === 'number';
}

function isClock(port: string): boolean {
  return port === 'CLK' || port === 'CLK1';
}

/** The read address of an MLAB is a way through it, not its end. */
function isRead(type: string, port: string): boolean {
  return type === 'MISTRAL_MLAB' && port === 'B1ADDR';
}

/** The shortest name of each net is the one that stands in the sources. */
function netNames({ netnames }: Netlist): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const [name, { bits }] of Object.entries(netnames)) {
    for (const bit of bits.filter(isNet)) {
      const known = names.get(bit);
      if (known === undefined || name.length < known.length) names.set(bit, name);
    }
  }
  return names;
}
