import { AUGMENTATION_NAMES } from './augmentations.ts';
import { NETWORKS, TARGETS, TASKS } from './choices.ts';
import { parseRecipe } from './parse-recipe.ts';
import { type Answer, renderRecipeYaml } from './render-recipe-yaml.ts';

/** One question of `dropforge init`. An empty answer leaves the field to its default. */
export interface RecipeQuestion {
  /** The recipe's field that the answer becomes. */
  readonly field: string;
  readonly prompt: string;
  readonly kind: 'text' | 'number' | 'choice' | 'choices';
  readonly choices?: readonly string[];
  /** Shown as what an empty answer means. */
  readonly usual: string;
  /** Ask only when an earlier answer is this. */
  readonly onlyIf?: { readonly field: string; readonly is: Answer };
}

/** In the order of asking. `budget` decides which of the two questions after it is asked, and is no field itself. */
export const recipeQuestions: readonly RecipeQuestion[] = [
  { field: 'name', prompt: 'Name of the model', kind: 'text', usual: 'the name of the project' },
  { field: 'task', prompt: 'Task', kind: 'choice', choices: TASKS, usual: 'classification' },
  { field: 'network.name', prompt: 'Network', kind: 'choice', choices: Object.keys(NETWORKS), usual: 'lmnet-v1' },
  {
    field: 'imageSize',
    prompt: 'Image size, height x width, multiples of 16 up to 512',
    kind: 'text',
    usual: '32x32 for small pictures, else 64x64',
  },
  { field: 'batchSize', prompt: 'Images per training step', kind: 'number', usual: '64, fewer for small datasets' },
  { field: 'budget', prompt: 'Train for', kind: 'choice', choices: ['epochs', 'seconds'], usual: 'epochs' },
  {
    field: 'budget.epochs',
    prompt: 'How many epochs',
    kind: 'number',
    usual: '10 to 100 by the size of the dataset',
    onlyIf: { field: 'budget', is: 'epochs' },
  },
  {
    field: 'budget.seconds',
    prompt: 'How many seconds',
    kind: 'number',
    usual: 'epochs instead',
    onlyIf: { field: 'budget', is: 'seconds' },
  },
  { field: 'optimizer.name', prompt: 'Optimizer', kind: 'choice', choices: ['adam', 'momentum'], usual: 'adam' },
  {
    field: 'optimizer.learningRate',
    prompt: 'Highest learning rate',
    kind: 'number',
    usual: '0.004 for adam, 0.001 for momentum',
  },
  {
    field: 'schedule.name',
    prompt: 'How the learning rate falls',
    kind: 'choice',
    choices: ['constant', 'cosine', '2-step', '3-step', '3-step-with-warmup'],
    usual: 'cosine',
  },
  {
    field: 'augmentations',
    prompt: 'Random changes of the training images',
    kind: 'choices',
    choices: AUGMENTATION_NAMES,
    usual: 'flip-left-right and shift',
  },
  {
    field: 'quantization.firstLayer',
    prompt: 'Weights of the first layer',
    kind: 'choice',
    choices: ['int8', 'binary'],
    usual: 'int8',
  },
  {
    field: 'split.validation',
    prompt: 'Share of the images to hold out, if the dataset has no validation split',
    kind: 'number',
    usual: '0.1',
  },
  {
    field: 'targets',
    prompt: 'Processors to build for, and fpga for the accelerator',
    kind: 'choices',
    choices: TARGETS,
    usual: 'all processors',
  },
  {
    field: 'gates.minimumAccuracy',
    prompt: 'Accuracy a model must reach to be delivered, 0 to 1',
    kind: 'number',
    usual: 'a tenth of the way from guessing to perfect',
  },
  { field: 'deployment.to', prompt: 'Thing group to deliver to, or none', kind: 'text', usual: 'dropforge-devices' },
  {
    field: 'deployment.approval',
    prompt: 'Who allows a delivery',
    kind: 'choice',
    choices: ['manual', 'auto'],
    usual: 'manual, a person',
  },
];

/** Checks one answer as it was typed; a list is typed with commas. */
export function checkAnswer(
  question: RecipeQuestion,
  typed: string,
): { readonly ok: true; readonly value: Answer | undefined } | { readonly ok: false; readonly message: string } {
  const text = typed.trim();
  if (text === '') return { ok: true, value: undefined };
  const value = toValue(question, text);
  if (question.field === 'budget')
    return question.choices?.includes(text)
      ? { ok: true, value: text }
      : { ok: false, message: 'Give epochs or seconds.' };
  const result = parseRecipe(renderRecipeYaml({ [question.field]: value }));
  if (result.ok) return { ok: true, value };
  return { ok: false, message: result.faults.map(({ message, action }) => `${message} ${action}`).join(' ') };
}

function toValue({ kind }: RecipeQuestion, text: string): Answer {
  if (kind === 'number') return Number.isNaN(Number(text)) ? text : Number(text);
  if (kind !== 'choices') return text;
  if (text === 'none') return [];
  return text.split(',').map((item) => item.trim());
}
