/** The Greengrass component that carries a bitstream, apart from the models that run on it. */
import { type ArraySize, VERSION } from '@dropforge/convert/fpga';
import { readingsAfterLoad } from './board-files.ts';

/** A file of the component, as it lies beside its recipe. */
export interface ComponentFile {
  readonly name: string;
  readonly sha256: string;
}

export interface BitstreamParts {
  readonly array: ArraySize;
  /** `major.minor.patch`. */
  readonly version: string;
  readonly bitstream: ComponentFile;
  readonly overlay: ComponentFile;
  readonly bridgeOverlay: ComponentFile;
  readonly registers: ComponentFile;
  readonly loader: ComponentFile;
  /** `s3://bucket/prefix/`, where the files are put. */
  readonly uriPrefix: string;
}

/** What cannot change while a bitstream is loaded, and tells it from every other. */
const identifying = ['IDENTITY', 'VERSION', 'ARRAY', 'MEMORY'];
/** Longer than the loader waits for a program that uses the engine. */
const TIMEOUT_SECONDS = 120;

/** `dropforge.bitstream.<array>`: a board has one bitstream, and a model names the array that it is packed for. */
export const bitstreamComponentName = (array: ArraySize) => `dropforge.bitstream.${array.name}`;

/** Version where nobody names one: that of the register map, as the first of its kind. */
export const firstVersion = `${VERSION.major}.${VERSION.minor}.0`;

/**
 * The recipe. `startup` and not `run`: the script ends when the bitstream is loaded, and what depends on the component
 * starts then; the nucleus calls it at every boot. It needs root, since configfs and the firmware folder are root's.
 * https://docs.aws.amazon.com/greengrass/v2/developerguide/component-recipe-reference.html
 */
export function bitstreamRecipe(parts: BitstreamParts) {
  const files = [parts.loader, parts.bitstream, parts.overlay, parts.bridgeOverlay, parts.registers];
  return {
    RecipeFormatVersion: '2020-01-25',
    ComponentName: bitstreamComponentName(parts.array),
    ComponentVersion: parts.version,
    ComponentDescription: `Dropforge bitstream ${parts.array.name} for the DE10-Nano`,
    ComponentPublisher: 'Dropforge',
    ComponentType: 'aws.greengrass.generic',
    Manifests: [
      {
        Name: 'armv7l',
        Platform: { os: 'linux', architecture: 'arm', 'architecture.detail': 'armv7l', runtime: '*' },
        Artifacts: files.map(({ name }) => ({
          Uri: `${parts.uriPrefix}${name}`,
          Unarchive: 'NONE',
          Permission: { Read: 'OWNER', Execute: 'NONE' },
        })),
        Lifecycle: { startup: { RequiresPrivilege: true, Timeout: TIMEOUT_SECONDS, Script: script(parts) } },
      },
    ],
  } as const;
}

/** The digests stand in the recipe, which the nucleus takes from Greengrass alone. */
function script({ array, bitstream, overlay, bridgeOverlay, registers, loader }: BitstreamParts): string {
  const path = ({ name }: ComponentFile) => `"{artifacts:path}/${name}"`;
  const readings = readingsAfterLoad(array);
  return [
    `exec sh ${path(loader)}`,
    `--bitstream ${path(bitstream)} --sha256 ${bitstream.sha256}`,
    `--overlay ${path(overlay)} --overlay-sha256 ${overlay.sha256}`,
    `--bridge-overlay ${path(bridgeOverlay)} --bridge-overlay-sha256 ${bridgeOverlay.sha256}`,
    `--registers ${path(registers)} --registers-sha256 ${registers.sha256}`,
    ...identifying.map((name) => `--expect ${name}=0x${(readings[name] ?? 0).toString(16).padStart(8, '0')}`),
  ].join(' ');
}
