/** What a compiler noted about 32-bit ARM code: Addenda to, and Errata in, the ABI for the Arm Architecture, section 3. */
import { InspectionError } from '../inspection-error.ts';

export interface ArmAttributes {
  /** From `Tag_ABI_VFP_args`: how floating point arguments are passed. Null: the file does not say, or takes both. */
  readonly floatAbi: 'hard' | 'soft' | null;
  /** Tag_CPU_arch: 10 is ARMv7; null: not said. */
  readonly architecture: number | null;
  /** Tag_FP_arch: 3 and 4 are VFPv3, 5 and 6 VFPv4, 0 none. */
  readonly floatingPoint: number;
  /** Tag_Advanced_SIMD_arch: 1 is NEON, 2 is NEON with fused multiply-add. */
  readonly simd: number;
}

const attribute = { architecture: 6, floatingPoint: 10, simd: 12, floatArguments: 28, compatibility: 32 };
/** Values that are text although their number is even or small. */
const textTags = new Set([4, 5]);
const FILE_SCOPE = 1;

/** `section`: the content of `.ARM.attributes`. Throws InspectionError MALFORMED. */
export function readArmAttributes(section: Uint8Array): ArmAttributes {
  const values = new Map<number, number>();
  const reader = new AttributeReader(section);
  if (reader.byte() !== 0x41) throw reader.malformed();
  while (!reader.isAtEnd()) {
    const vendor = reader.part(reader.uint32() - 4);
    if (vendor.text() !== 'aeabi') continue;
    while (!vendor.isAtEnd()) {
      const scope = vendor.uleb();
      const part = vendor.part(vendor.uint32() - 5);
      // Sections and symbols may say otherwise for themselves; no compiler writes that.
      if (scope === FILE_SCOPE) readFileScope(part, values);
    }
  }
  const floatArguments = values.get(attribute.floatArguments);
  return {
    floatAbi: floatArguments === 1 ? 'hard' : floatArguments === 3 ? null : 'soft',
    architecture: values.get(attribute.architecture) ?? null,
    floatingPoint: values.get(attribute.floatingPoint) ?? 0,
    simd: values.get(attribute.simd) ?? 0,
  };
}

function readFileScope(part: AttributeReader, values: Map<number, number>): void {
  while (!part.isAtEnd()) {
    const tag = part.uleb();
    if (tag === attribute.compatibility) {
      part.uleb();
      part.text();
    } else if (textTags.has(tag) || (tag > 32 && tag % 2 === 1)) part.text();
    else values.set(tag, part.uleb());
  }
}

/** Walks over bytes and never past their end. */
class AttributeReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.#at++];
    if (value === undefined) throw this.malformed();
    return value;
  }

  uint32(): number {
    return (this.byte() | (this.byte() << 8) | (this.byte() << 16) | (this.byte() << 24)) >>> 0;
  }

  /** At most 28 bits, which no attribute needs. */
  uleb(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw this.malformed();
  }

  text(): string {
    let text = '';
    for (let byte = this.byte(); byte !== 0; byte = this.byte()) text += String.fromCharCode(byte);
    return text;
  }

  part(bytes: number): AttributeReader {
    if (bytes < 0 || this.#at + bytes > this.#bytes.length) throw this.malformed();
    this.#at += bytes;
    return new AttributeReader(this.#bytes.subarray(this.#at - bytes, this.#at));
  }

  malformed(): InspectionError {
    return new InspectionError('MALFORMED', 'The attributes of the ARM code do not have their form.');
  }
}
