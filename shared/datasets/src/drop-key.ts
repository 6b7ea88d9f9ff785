/** An object of a drop, named by its key in the bucket. */
export interface DropObject {
  readonly project: string;
  readonly drop: string;
  /** `drops/<project>/<drop>/`, exactly as in the key: what to list. */
  readonly prefix: string;
  /** Below the prefix; never empty. */
  readonly path: string;
}

/** Why a key is not an object of a drop. `unsafe` ones deserve a warning, `other` ones are none of our business. */
export type NoDropObject = { readonly unsafe: string } | { readonly other: string };

const ROOT = 'drops/';
/** Amazon S3's limit for a key, in bytes of UTF-8. */
const KEY_BYTES_MAX = 1024;
/** What events carry as a project. */
const PROJECT_LENGTH_MAX = 100;

/**
 * Reads the key of an S3 object event from EventBridge, which carries keys raw: a space is a space, and `+` and `%20` are
 * three characters of a name. So nothing is decoded here, and nothing is normalised: NFC and NFD are different objects.
 */
export function readDropKey(key: string): DropObject | NoDropObject {
  if (!key.startsWith(ROOT)) return { other: `not below ${ROOT}` };
  if (Buffer.byteLength(key) > KEY_BYTES_MAX) return { unsafe: `longer than ${KEY_BYTES_MAX} bytes` };
  if (key.endsWith('/')) return { other: 'a folder marker' };
  const [project = '', drop = '', ...rest] = key.slice(ROOT.length).split('/');
  if (rest.length === 0) return { other: `not in a drop's folder: ${ROOT}<project>/<drop>/` };
  const names = [project, drop, ...rest];
  if (names.some((name) => name === '' || name === '.' || name === '..'))
    return { unsafe: 'has an empty, "." or ".." name' };
  if (/\p{Cc}|\\/u.test(key)) return { unsafe: 'has a control character or a backslash' };
  if (project.length > PROJECT_LENGTH_MAX)
    return { unsafe: `the project is longer than ${PROJECT_LENGTH_MAX} characters` };
  return { project, drop, prefix: `${ROOT}${project}/${drop}/`, path: rest.join('/') };
}
