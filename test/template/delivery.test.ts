import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ofType, type PackagedTemplate, packageTemplate } from './package-template.ts';

let template: PackagedTemplate;
beforeAll(async () => {
  template = await packageTemplate({ stage: 'dev' });
});

const deadLetters = { 'Fn::GetAtt': ['DeadLetters', 'Arn'] };
const functions = () => ofType(template, 'AWS::Lambda::Function');

describe('every rule', () => {
  it('says how long it tries, and where what it cannot deliver goes', () => {
    const rules = ofType(template, 'AWS::Events::Rule');
    expect(rules.length).toBeGreaterThan(18);
    for (const [logicalId, { Properties }] of rules) {
      expect(Properties.Targets, logicalId).toHaveLength(1);
      const [target] = Properties.Targets;
      expect(target.DeadLetterConfig, logicalId).toEqual({ Arn: deadLetters });
      expect(target.RetryPolicy.MaximumEventAgeInSeconds, logicalId).toBeGreaterThanOrEqual(60);
      expect(target.RetryPolicy.MaximumRetryAttempts, logicalId).toBeGreaterThan(0);
    }
  });

  it('of IoT says where a message goes that its function did not take', () => {
    const rules = ofType(template, 'AWS::IoT::TopicRule');
    expect(rules).toHaveLength(1);
    for (const [, { Properties }] of rules) {
      expect(Properties.TopicRulePayload.ErrorAction.Sqs.QueueUrl).toEqual({ Ref: 'DeadLetters' });
    }
  });

  it('may put there what it cannot deliver', () => {
    const [[, policy] = []] = ofType(template, 'AWS::SQS::QueuePolicy').filter(([id]) => id === 'DeadLettersPolicy');
    const senders = policy?.Properties.PolicyDocument.Statement.filter(
      ({ Effect }: { Effect: string }) => Effect === 'Allow',
    );
    expect(senders).toMatchObject([{ Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage' }]);
  });
});

describe('every function that events run', () => {
  /** By what invokes it without waiting for an answer. */
  const invoked = () => {
    const allowed = ofType(template, 'AWS::Lambda::Permission')
      .filter(([, { Properties }]) => /^(events|iot)\.amazonaws\.com$/.test(Properties.Principal))
      .map(([, { Properties }]) => Properties.FunctionName['Fn::GetAtt'][0]);
    return new Set<string>(allowed);
  };

  it('says how often Lambda tries, and where what it failed at goes', () => {
    const settings = new Map(
      ofType(template, 'AWS::Lambda::EventInvokeConfig').map(([, { Properties }]) => [
        Properties.FunctionName.Ref,
        Properties,
      ]),
    );
    expect(invoked().size).toBeGreaterThan(18);
    for (const logicalId of invoked()) {
      const { DestinationConfig, MaximumRetryAttempts, MaximumEventAgeInSeconds } = settings.get(logicalId) ?? {};
      expect(DestinationConfig, logicalId).toEqual({ OnFailure: { Destination: deadLetters } });
      expect(MaximumRetryAttempts, logicalId).toBeTypeOf('number');
      expect(MaximumEventAgeInSeconds, logicalId).toBeGreaterThanOrEqual(60);
    }
  });

  it('may put there what it failed at', () => {
    for (const logicalId of invoked()) {
      const role = template.Resources[template.Resources[logicalId]?.Properties.Role['Fn::GetAtt'][0]];
      const statements = role?.Properties.Policies.flatMap(
        ({ PolicyDocument }: { PolicyDocument: { Statement: object[] } }) => PolicyDocument.Statement,
      );
      expect(statements, logicalId).toContainEqual({
        Effect: 'Allow',
        Action: ['sqs:SendMessage'],
        Resource: deadLetters,
      });
    }
  });
});

describe('every function that fails', () => {
  it('is counted by one alarm, which counts at most ten', () => {
    const counted = ofType(template, 'AWS::CloudWatch::Alarm').flatMap(([logicalId, { Properties }]) => {
      const metrics = (Properties.Metrics ?? []).flatMap(
        ({ MetricStat }: { MetricStat?: MetricStat }) => MetricStat ?? [],
      );
      expect(metrics.length, logicalId).toBeLessThanOrEqual(10);
      return metrics.map(({ Metric }: MetricStat) => {
        expect(Metric).toMatchObject({ Namespace: 'AWS/Lambda', MetricName: 'Errors' });
        return Metric.Dimensions[0]?.Value;
      });
    });
    expect(counted.toSorted()).toEqual(
      functions()
        .map(([, { Properties }]) => Properties.FunctionName)
        .toSorted(),
    );
  });
});

describe('every alarm', () => {
  it('tells the topic when it begins and when it ends, and names its page', () => {
    const alarms = ofType(template, 'AWS::CloudWatch::Alarm');
    expect(alarms.length).toBeGreaterThan(6);
    for (const [logicalId, { Properties }] of alarms) {
      expect(Properties.AlarmActions, logicalId).toEqual([{ Ref: 'Alarms' }]);
      expect(Properties.OKActions, logicalId).toEqual([{ Ref: 'Alarms' }]);
      const [page = 'none'] = /docs\/runbook\/[a-z-]+\.md$/.exec(Properties.AlarmDescription) ?? [];
      expect(existsSync(new URL(`../../${page}`, import.meta.url)), `${logicalId}: ${page}`).toBe(true);
      expect(Properties.TreatMissingData, logicalId).toMatch(/^(notB|b)reaching$/);
    }
  });

  it('watches a function or a rule that there is', () => {
    const names = [...functions(), ...ofType(template, 'AWS::Events::Rule')].map(
      ([, { Properties }]) => Properties.FunctionName ?? Properties.Name,
    );
    for (const [logicalId, { Properties }] of ofType(template, 'AWS::CloudWatch::Alarm')) {
      for (const { Name, Value } of Properties.Dimensions ?? []) {
        if (Name === 'FunctionName' || Name === 'RuleName') expect(names, logicalId).toContain(Value);
      }
    }
  });
});

interface MetricStat {
  Metric: { Namespace: string; MetricName: string; Dimensions: { Value: string }[] };
}
