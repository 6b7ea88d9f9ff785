/** Which of the permissions that a role gives nobody has used. */
import { isAllowed, type Permission, type RecordedDeed } from '@dropforge/local';
import type { TemplateRole } from './template-roles.ts';

/** One action on one resource that a role allows. */
export interface Grant {
  /** The function's key or the role's logical id. */
  readonly role: string;
  readonly action: string;
  /** As the policy has it, resolved. */
  readonly resource: string;
}

/** A call, or what AWS did for it by itself. */
export type Use = Pick<RecordedDeed, 'caller' | 'permissions'>;

/** Statements that allow three actions on two resources are six grants, each of which must be needed. */
export function unusedGrants(roles: readonly TemplateRole[], calls: readonly Use[]): Grant[] {
  return roles.flatMap((role) => {
    const name = role.functionKey ?? role.logicalId;
    const needed = permissionsOf(name, calls);
    return role.statements.flatMap((statement) =>
      statement.actions.flatMap((action) =>
        statement.resources.flatMap((resource): Grant[] => {
          const only = [{ ...statement, actions: [action], resources: [resource] }];
          return needed.some((permission) => isAllowed(only, permission)) ? [] : [{ role: name, action, resource }];
        }),
      ),
    );
  });
}

/** What a role's calls needed, all of it. */
export function permissionsOf(name: string, calls: readonly Use[]): Permission[] {
  return calls
    .filter(({ caller }) => caller.kind !== 'account' && caller.name === name)
    .flatMap((call) => call.permissions);
}
