/** Who signs requests here: the account itself, each function, each role that a service takes on. */
import type { CloudDescription, RoleDescription } from '../serverless-file/description.ts';
import type { PolicyStatement } from './policy.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Identity extends Credentials {
  readonly kind: 'account' | 'function' | 'role';
  /** The function's key or the role's logical id. */
  readonly name: string;
  /** As CloudTrail and refusals name it. */
  readonly arn: string;
  /** undefined: may do everything. */
  readonly statements: readonly PolicyStatement[] | undefined;
  /** Condition keys and policy variables that every request of it has. */
  readonly context: Readonly<Record<string, string>>;
}

export interface Identities {
  find(accessKeyId: string): Identity | undefined;
  ofFunction(key: string): Credentials;
  /**
   * Takes a role on, as SageMaker does for a job and the token exchange for a device.
   * @param session tells apart who has the same role; may be empty
   * @returns the account's own credentials for a role that serverless.yml does not describe
   */
  assumeRole(role: RoleDescription | undefined, session: string, context?: Record<string, string>): Credentials;
}

/** A key is no secret here: it opens nothing but this machine's own cloud, and says whose a request is. */
export function createIdentities(description: CloudDescription, account: Credentials): Identities {
  const { accountId } = description;
  const known = new Map<string, Identity>();
  const add = (identity: Identity): Credentials => {
    known.set(identity.accessKeyId, identity);
    return { accessKeyId: identity.accessKeyId, secretAccessKey: identity.secretAccessKey };
  };
  const assumed = (role: string, session: string) => `arn:aws:sts::${accountId}:assumed-role/${role}/${session}`;
  const accountArn = `arn:aws:iam::${accountId}:root`;
  add({ kind: 'account', name: 'account', arn: accountArn, statements: undefined, context: {}, ...account });
  const functions = new Map(
    description.functions.map(({ key, name, roleStatements }) => [
      key,
      add({
        ...{ kind: 'function', name: key, arn: assumed(`${name}-role`, name), statements: roleStatements, context: {} },
        ...keyOf(`function.${key}`),
      }),
    ]),
  );
  return {
    find: (accessKeyId) => known.get(accessKeyId),
    ofFunction: (key) => functions.get(key) ?? account,
    assumeRole(role, session, context = {}) {
      if (role === undefined) return account;
      const { logicalId, name, statements } = role;
      const arn = assumed(name, session || 'session');
      return add({ kind: 'role', name: logicalId, arn, statements, context, ...keyOf(`role.${logicalId}.${session}`) });
    },
  };
}

function keyOf(accessKeyId: string): Credentials {
  return { accessKeyId, secretAccessKey: accessKeyId };
}
