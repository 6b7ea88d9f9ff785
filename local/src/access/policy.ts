/** IAM's identity-based policies, as far as this application uses them: who has no matching Allow may not. */

export interface PolicyStatement {
  readonly effect: 'Allow' | 'Deny';
  /** With `*` and `?`; in any case of letters. */
  readonly actions: readonly string[];
  /** ARNs with `*` and `?`, or `*`. */
  readonly resources: readonly string[];
  readonly conditions: readonly PolicyCondition[];
}

export interface PolicyCondition {
  readonly operator: ConditionOperator;
  readonly key: string;
  readonly values: readonly string[];
}

/** What somebody wants to do. */
export interface Permission {
  readonly action: string;
  /** An ARN, or `*` for an action that has no resources. */
  readonly resource: string;
  /** Condition keys of the request, such as `s3:prefix`. */
  readonly context?: Readonly<Record<string, string>>;
}

/**
 * An explicit Deny wins, then an Allow is needed.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function isAllowed(statements: readonly PolicyStatement[], wanted: Permission): boolean {
  const matching = statements.filter((statement) => matches(statement, wanted));
  return matching.length > 0 && matching.every(({ effect }) => effect === 'Allow');
}

function matches({ actions, resources, conditions }: PolicyStatement, wanted: Permission): boolean {
  const context = wanted.context ?? {};
  return (
    actions.some((pattern) => fits(pattern.toLowerCase(), wanted.action.toLowerCase())) &&
    resources.some((pattern) => fitsResource(pattern, wanted.resource, context)) &&
    conditions.every((condition) => holds(condition, context))
  );
}

/** Whether a resource element covers an ARN, its policy variables filled in. */
export function fitsResource(pattern: string, resource: string, context: Readonly<Record<string, string>>): boolean {
  const filled = fillVariables(pattern, context);
  return filled !== undefined && fits(filled, resource);
}

/**
 * The operators that may stand in a `Condition`. A key that the request does not have meets none of them.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
const operators = {
  StringEquals: (pattern: string, value: string) => pattern === value,
  StringLike: (pattern: string, value: string) => fits(pattern, value),
  ArnEquals: (pattern: string, value: string) => fits(pattern, value),
  ArnLike: (pattern: string, value: string) => fits(pattern, value),
  Bool: (pattern: string, value: string) => pattern.toLowerCase() === value.toLowerCase(),
};
export type ConditionOperator = keyof typeof operators;

export function isConditionOperator(name: string): name is ConditionOperator {
  return Object.hasOwn(operators, name);
}

function holds({ operator, key, values }: PolicyCondition, context: Readonly<Record<string, string>>): boolean {
  const value = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
  if (value === undefined) return false;
  return values.some((pattern) => {
    const filled = fillVariables(pattern, context);
    return filled !== undefined && operators[operator](filled, value);
  });
}

/** A pattern with a variable that the request has no value for covers nothing. */
function fillVariables(pattern: string, context: Readonly<Record<string, string>>): string | undefined {
  let missing = false;
  const filled = pattern.replace(/\$\{([^}]+)\}/g, (_whole, name: string) => {
    const value = context[name];
    if (value === undefined) missing = true;
    return value ?? '';
  });
  return missing ? undefined : filled;
}

/** `*` is any text, `?` any one character. */
function fits(pattern: string, text: string): boolean {
  if (pattern === '*') return true;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}
