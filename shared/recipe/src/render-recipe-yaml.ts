import { recipeSchema } from './schema.ts';
import { describeField } from './schema-hints.ts';

export type Answer = string | number | boolean | readonly string[];
/** By field, as in `optimizer.name`. Fields that are not answered stay at their defaults. */
export type Answers = Readonly<Record<string, Answer | undefined>>;

const HEADER = [
  '# How Dropforge trains, converts, checks and delivers this dataset.',
  '# Every field may be left out; what is used then depends on the dataset.',
];

/**
 * Writes answers as a `recipe.yaml` with a comment on every field. `schema` is where editors find the JSON Schema.
 * Checked answers give a recipe without faults.
 */
export function renderRecipeYaml(answers: Answers, { schema }: { schema?: string } = {}): string {
  const lines = [...(schema === undefined ? [] : [`# yaml-language-server: $schema=${oneLine(schema)}`]), ...HEADER];
  for (const [section, fields] of sectionsOf(completed(answers))) {
    lines.push('', `# ${describeField([section])}`);
    const own = fields.get('');
    if (own !== undefined) {
      lines.push(`${section}: ${toYaml(own)}`);
      continue;
    }
    lines.push(`${section}:`);
    for (const [field, value] of fields) {
      const note = field === 'name' ? '' : describeField([section, field]);
      lines.push(...(note === '' ? [] : [`  # ${note}`]), `  ${field}: ${toYaml(value)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** Parameters need the name they belong to, and a budget is one of two. */
function completed(answers: Answers): Answers {
  const { budget: _isNoField, 'optimizer.name': optimizer, 'budget.epochs': epochs, ...rest } = answers;
  const name = optimizer ?? (rest['optimizer.learningRate'] === undefined ? undefined : 'adam');
  return {
    'optimizer.name': name,
    'budget.epochs': rest['budget.seconds'] === undefined ? epochs : undefined,
    ...rest,
  };
}

/** By section, in the order of the schema: its fields, or its own value under the empty name. */
function sectionsOf(answers: Answers): (readonly [string, Map<string, Answer>])[] {
  const sections = new Map<string, Map<string, Answer>>();
  for (const [path, value] of Object.entries(answers)) {
    if (value === undefined) continue;
    const [section = '', field = ''] = path.split('.');
    const fields = sections.get(section) ?? new Map<string, Answer>();
    sections.set(section, fields.set(field, value));
  }
  const order = Object.keys(recipeSchema.shape);
  return [...sections].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
}

function toYaml(value: Answer): string {
  if (typeof value === 'object') return `[${value.map(toYaml).join(', ')}]`;
  if (typeof value !== 'string') return String(value);
  const isPlain = /^[A-Za-z0-9][\w-]*$/.test(value) && Number.isNaN(Number(value));
  return isPlain && !/^(true|false|null)$/i.test(value) ? value : JSON.stringify(value);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
