import { describe, expect, it } from 'vitest';
import { finishTemplate } from './finish-template.ts';

const role = (actions: string[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName: 'much-too-long',
    ManagedPolicyArns: [],
    Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', Action: actions, Resource: 'x' }] } }],
  },
});

describe('the finished template', () => {
  it('has no role that several functions would share', () => {
    const template = { Resources: { IamRoleLambdaExecution: role([]), ApiIamRoleLambdaExecution: role([]) } };
    finishTemplate(template);
    expect(Object.keys(template.Resources)).toEqual(['ApiIamRoleLambdaExecution']);
  });

  it('leaves the names of functions’ roles to CloudFormation and their log groups to the template', () => {
    const template = { Resources: { ApiIamRoleLambdaExecution: role(['logs:CreateLogGroup', 'logs:PutLogEvents']) } };
    finishTemplate(template);
    expect(template.Resources.ApiIamRoleLambdaExecution.Properties).toEqual({
      Policies: [
        { PolicyDocument: { Statement: [{ Effect: 'Allow', Action: ['logs:PutLogEvents'], Resource: 'x' }] } },
      ],
    });
  });

  it('touches no other role', () => {
    const template = { Resources: { TrainingRole: role(['logs:CreateLogGroup']) } };
    finishTemplate(template);
    expect(template).toEqual({ Resources: { TrainingRole: role(['logs:CreateLogGroup']) } });
  });

  it('gives a rule of IoT somewhere to put what it cannot deliver', () => {
    const template = {
      Resources: { Report: { Type: 'AWS::IoT::TopicRule', Properties: { TopicRulePayload: { Sql: 's' } } } },
    };
    finishTemplate(template);
    expect(template.Resources.Report.Properties.TopicRulePayload).toMatchObject({
      Sql: 's',
      ErrorAction: { Sqs: { QueueUrl: { Ref: 'DeadLetters' } } },
    });
  });
});
