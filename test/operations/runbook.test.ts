import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { sourceFiles } from '../architecture/source-files.ts';

const runbook = new URL('../../docs/runbook/', import.meta.url);
const pages = readdirSync(runbook).filter((name) => name !== 'README.md');
const textOf = (page: string) => readFileSync(new URL(page, runbook), 'utf8');

/** The alarms of the deployment: the end of each name, and what it says. */
const alarms = sourceFiles(/^(serverless\.yml|(infrastructure|services)\/.*\.yml)$/).flatMap(({ text }) =>
  [...text.matchAll(/AlarmName: (.*)\n\s*AlarmDescription: (.*)\n/g)].map(([, name = '', description = '']) => ({
    name: name.replace(/^dropforge-\$\{sls:stage\}-/, ''),
    page: /\bdocs\/runbook\/([\w-]+\.md)/.exec(description)?.[1] ?? '',
  })),
);

it('knows every alarm that there is', () => {
  const all = sourceFiles(/^infrastructure\/.*\.yml$/).flatMap(
    ({ text }) => text.match(/Type: AWS::CloudWatch::Alarm/g) ?? [],
  );
  expect(alarms).toHaveLength(all.length);
  expect(alarms.length).toBeGreaterThan(5);
});

it.each(alarms)('has the page that the alarm $name names, and the page names the alarm', ({ name, page }) => {
  expect(pages).toContain(page);
  expect(textOf(page)).toContain(`\`dropforge-<stage>-${name}\``);
  expect(textOf('README.md')).toMatch(new RegExp(`\\| .*\`${name}\`.* \\| \\[${page}\\]`));
});

it.each(pages)('%s is of an alarm, and says what it means, what to look at, what to do and how it ends', (page) => {
  expect(alarms.map((alarm) => alarm.page)).toContain(page);
  const headings = [...textOf(page).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
  expect(headings).toEqual(['What it means', 'What to look at', 'What to do', 'How to see that it is over']);
});

it.each(['README.md', ...pages])('%s leads nowhere that is not there', (page) => {
  const links = [...textOf(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = '']) => link);
  expect(links.filter((link) => !existsSync(new URL(link, runbook)))).toEqual([]);
});

it.each(['README.md', ...pages])('%s names no code of the log that docs/logs.md lacks', (page) => {
  const logs = readFileSync(new URL('../logs.md', runbook), 'utf8');
  const codes = [...textOf(page).matchAll(/'([A-Z]+_[A-Z_]+)'|`((?:STEP|RUN|EVENT|REQUEST)_[A-Z_]+)`/g)];
  expect(
    codes.map(([, quoted, named]) => quoted ?? named ?? '').filter((code) => !logs.includes(`\`${code}\``)),
  ).toEqual([]);
});
