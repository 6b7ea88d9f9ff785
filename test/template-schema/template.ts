/** A CloudFormation template as JSON has it, and what can be wrong in it. */

export interface Template {
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly [attribute: string]: unknown;
}

export interface Fault {
  /** `Resources.Table.Properties.KeySchema.0` */
  readonly place: string;
  readonly code:
    | 'UNKNOWN_TYPE'
    | 'UNKNOWN_PROPERTY'
    | 'MISSING_PROPERTY'
    | 'WRONG_KIND'
    | 'UNKNOWN_VALUE'
    | 'UNKNOWN_TARGET'
    | 'UNKNOWN_ATTRIBUTE';
  /** What is wrong there, and what would be right. */
  readonly message: string;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An intrinsic function stands alone in its object: `{"Ref": …}`, `{"Fn::Sub": …}`, `{"Condition": …}` in conditions. */
export function intrinsicOf(value: unknown): { readonly name: string; readonly argument: unknown } | undefined {
  if (!isObject(value)) return undefined;
  const [entry, ...more] = Object.entries(value);
  if (entry === undefined || more.length > 0) return undefined;
  const [name, argument] = entry;
  return name === 'Ref' || name.startsWith('Fn::') ? { name, argument } : undefined;
}
