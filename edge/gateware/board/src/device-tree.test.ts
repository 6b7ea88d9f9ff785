import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTool, runTool } from '../../src/run-tool.ts';
import { boardRoot } from './board-sources.ts';

/** What the overlays touch of a Cyclone V's tree, under the labels that Linux gives it. */
const baseTree = `/dts-v1/;
/ {
  #address-cells = <1>;
  #size-cells = <1>;
  intc: interrupt-controller@fffed000 { #interrupt-cells = <3>; interrupt-controller; reg = <0xfffed000 0x1000>; };
  soc {
    #address-cells = <1>;
    #size-cells = <1>;
    ranges;
    base_fpga_region: fpga-region { compatible = "fpga-region"; };
    fpga_bridge0: fpga-bridge@ff400000 { reg = <0xff400000 0x100000>; status = "disabled"; };
  };
};
`;

describe.skipIf(!hasTool('dtc'))('the device tree overlays', () => {
  let folder: string;
  const get = (path: string, property: string, type = 'x') =>
    runTool('fdtget', ['-t', type, join(folder, 'merged.dtb'), path, property]).trim();

  function merge(out: string, overlays: readonly string[]): void {
    const blobs = overlays.map((name) => join(folder, `${name}.dtbo`));
    runTool('fdtoverlay', ['-i', join(folder, 'base.dtb'), '-o', join(folder, out), ...blobs]);
  }

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'dropforge-device-tree-'));
    writeFileSync(join(folder, 'base.dts'), baseTree);
    runTool('dtc', ['-@', '-I', 'dts', '-O', 'dtb', '-o', join(folder, 'base.dtb'), join(folder, 'base.dts')]);
    for (const name of ['dropforge-bridge', 'dropforge', 'dropforge-static']) {
      const source = join(boardRoot, `device-tree/${name}.dts`);
      const said = runTool('sh', [
        '-c',
        'dtc -@ -I dts -O dtb -o "$1" "$2" 2>&1',
        'sh',
        join(folder, `${name}.dtbo`),
        source,
      ]);
      expect(said, name).toBe('');
    }
    merge('merged.dtb', ['dropforge-bridge', 'dropforge']);
    merge('static.dtb', ['dropforge-static']);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('compile without a warning and name the engine as its library looks for it', () => {
    expect(runTool('fdtget', ['-l', join(folder, 'merged.dtb'), '/soc/fpga-region'])).toBe('dropforge@ff200000\n');
  });

  it('give the region its bitstream and the bridge, which is on', () => {
    expect(get('/soc/fpga-region', 'firmware-name', 's')).toBe('dropforge.rbf');
    expect(get('/soc/fpga-region', 'fpga-bridges')).toBe(get('/soc/fpga-bridge@ff400000', 'phandle'));
    expect(get('/soc/fpga-bridge@ff400000', 'status', 's')).toBe('okay');
  });

  it('say the same of the engine where U-Boot loads it', () => {
    for (const property of ['reg', 'interrupts', 'interrupt-parent', 'compatible']) {
      const node = '/soc/dropforge@ff200000';
      const found = runTool('fdtget', ['-t', 'x', join(folder, 'static.dtb'), node, property]).trim();
      expect(found, property).toBe(get(node.replace('/soc', '/soc/fpga-region'), property));
    }
  });

  it('give the engine its two megabytes and its interrupt', () => {
    const engine = '/soc/fpga-region/dropforge@ff200000';
    expect(get(engine, 'compatible', 's')).toContain('generic-uio');
    expect(get(engine, 'reg')).toBe('ff200000 200000');
    expect(get(engine, 'interrupts')).toBe('0 28 4');
    expect(get(engine, 'interrupt-parent')).toBe(get('/interrupt-controller@fffed000', 'phandle'));
  });
});
