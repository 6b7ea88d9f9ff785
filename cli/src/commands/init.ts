import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Answer, checkAnswer, type RecipeQuestion, recipeQuestions, renderRecipeYaml } from '@dropforge/recipe';
import { CliError } from '../cli-error.ts';
import { type Context, report } from '../context.ts';
import { openQuestions, type Questions } from '../terminal/ask.ts';

/** `dropforge init [file]`: writes a recipe by asking. */
export async function init(
  context: Context,
  given: string,
  options: { yes?: boolean; force?: boolean },
): Promise<void> {
  const file = path.resolve(context.directory, given);
  if (!options.force && existsSync(file)) throw fileExists(file);
  const answers = options.yes ? {} : await askAll(context);
  await writeFile(file, renderRecipeYaml(answers), { flag: options.force ? 'w' : 'wx' }).catch(
    (error: NodeJS.ErrnoException) => {
      throw error.code === 'EEXIST' ? fileExists(file) : error;
    },
  );
  report(context, { file, answers }, () => {
    context.screen.line(`Wrote ${given}.`);
    context.screen.line(`  dropforge recipe explain ${given}`);
    context.screen.line(`  dropforge drop <folder> --recipe ${given}`);
  });
}

function fileExists(where: string): CliError {
  const action = 'Give another name, or --force to write over it.';
  return new CliError('conflict', 'FILE_EXISTS', 'The file exists and stays as it is.', { where, action });
}

async function askAll(context: Context): Promise<Record<string, Answer>> {
  const questions = openQuestions(context.terminal, context.signal);
  const answers: Record<string, Answer> = {};
  try {
    context.screen.note('Enter takes what is in brackets.', 'quiet');
    for (const question of recipeQuestions) {
      const { onlyIf } = question;
      if (onlyIf && answers[onlyIf.field] !== onlyIf.is) continue;
      const answer = await askOne(questions, question, context);
      if (answer !== undefined) answers[question.field] = answer;
    }
  } finally {
    questions.close();
  }
  return answers;
}

/** Asks until the answer is one; the end of the input is the answer "as usual". */
async function askOne(
  questions: Questions,
  question: RecipeQuestion,
  { screen }: Context,
): Promise<Answer | undefined> {
  const { prompt, choices, usual } = question;
  for (;;) {
    const typed = await questions.ask(`${prompt}${choices ? ` (${choices.join(', ')})` : ''} [${usual}]: `);
    if (typed === undefined) return undefined;
    const checked = checkAnswer(question, typed);
    if (checked.ok) return checked.value;
    screen.note(checked.message, 'bad');
  }
}
