/** The last corners of the template, which neither the framework nor its plugin for roles puts right. */

export interface Template {
  Resources: Record<string, Resource>;
}

export interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
}

/** Changes the template in place, once everything is in it. */
export function finishTemplate({ Resources: resources }: Template): void {
  delete resources.IamRoleLambdaExecution; // every function has a role of its own
  for (const [logicalId, { Type: type, Properties: properties }] of Object.entries(resources)) {
    if (properties === undefined) continue;
    if (type === 'AWS::IAM::Role' && logicalId.endsWith('IamRoleLambdaExecution')) finishRole(properties);
    if (type === 'AWS::IoT::TopicRule') addErrorAction(properties);
  }
}

/**
 * Without a name CloudFormation makes one out of the stack's, which has the stage and always fits 64 characters; with
 * the framework's, a long stage does not. And a log group is the template's to create, else it would keep logs for ever.
 */
function finishRole(role: Record<string, unknown>): void {
  delete role.RoleName;
  delete role.ManagedPolicyArns;
  const statements = asList(role.Policies).flatMap((policy) =>
    asList(asRecord(asRecord(policy).PolicyDocument).Statement),
  );
  for (const statement of statements.map(asRecord)) {
    if (!Array.isArray(statement.Action)) continue;
    statement.Action = statement.Action.filter((action) => action !== 'logs:CreateLogGroup');
  }
}

/** Where a message goes that the rule's function could not be given. https://docs.aws.amazon.com/iot/latest/developerguide/rule-error-handling.html */
function addErrorAction(rule: Record<string, unknown>): void {
  asRecord(rule.TopicRulePayload).ErrorAction = {
    Sqs: { QueueUrl: { Ref: 'DeadLetters' }, RoleArn: { 'Fn::GetAtt': ['ReportErrorRole', 'Arn'] }, UseBase64: false },
  };
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The very object, so that what is put into it is in the template. */
function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}; // an object's keys are texts
}
