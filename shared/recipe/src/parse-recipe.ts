import { checkImageSize } from './check-image-size.ts';
import {
  type Draft,
  type Fault,
  MAXIMUM_FAULTS,
  NO_POSITIONS,
  type Positions,
  pathKey,
  placeFault,
  show,
} from './fault.ts';
import { issueFaults } from './issue-faults.ts';
import { readYaml } from './read-yaml.ts';
import { type Recipe, recipeSchema } from './schema.ts';
import { isFields, settleNames } from './settle-names.ts';

export interface ParsedRecipe {
  readonly recipe: Recipe;
  /** Where each field stands in the text, so that later faults can point there too. */
  readonly positions: Positions;
  readonly fileName: string;
}

export type ParseResult =
  | { readonly ok: true; readonly parsed: ParsedRecipe }
  | { readonly ok: false; readonly faults: readonly Fault[]; readonly fileName: string };

/**
 * Reads the text of a recipe. No text, or a text without fields, is the recipe that leaves everything to the defaults.
 * Never throws: whatever the text is, the result is a recipe or all of its faults, in the order of the text.
 */
export function parseRecipe(text: string | undefined, { fileName = 'recipe.yaml' } = {}): ParseResult {
  const { data, positions, faults } = readYaml(text ?? '');
  // A key given twice does not hide the other mistakes; unreadable text does.
  if (faults.some(({ code }) => code !== 'YAML_DUPLICATE_KEY')) return failed(faults, fileName);
  const checked = checkRecipe(data ?? {}, positions);
  if (checked.ok && faults.length === 0) return { ok: true, parsed: { recipe: checked.recipe, positions, fileName } };
  return failed([...faults, ...(checked.ok ? [] : checked.faults)], fileName);
}

/** Checks a recipe that is data already, as an API receives it. */
export function checkRecipe(
  data: unknown,
  positions: Positions = NO_POSITIONS,
): { ok: true; recipe: Recipe } | { ok: false; faults: readonly Fault[] } {
  if (!isFields(data)) {
    const message = `The recipe is ${show(data)} where fields are expected, as in "batchSize: 64".`;
    const draft = { code: 'RECIPE_NOT_A_MAPPING', path: [], message, action: 'Write one field a line.', nearest: [] };
    return { ok: false, faults: [placeFault(draft, positions)] };
  }
  const settled = settleNames(data);
  const { imageSize, ...rest } = settled.recipe;
  const sizeFaults = imageSize === undefined || imageSize === null ? [] : checkImageSize(imageSize);
  const candidate = sizeFaults.length > 0 ? rest : settled.recipe;

  const result = recipeSchema.safeParse(candidate);
  const early = [...settled.faults, ...sizeFaults];
  if (result.success && early.length === 0) return { ok: true, recipe: result.data };
  const issues = result.success ? [] : result.error.issues.flatMap((issue) => issueFaults(issue, candidate));
  const drafts = [...early, ...issues.filter((issue) => !explainedBy(issue, early))];
  return { ok: false, faults: onePerField(drafts).map((draft) => placeFault(draft, positions)) };
}

/** A name that was guessed may repeat another; that is not the writer's mistake. */
function explainedBy(issue: Draft, early: readonly Draft[]): boolean {
  if (issue.code !== 'ITEM_REPEATED') return false;
  return early.some(({ path }) => issue.path.every((part, index) => path[index] === part));
}

function onePerField(drafts: readonly Draft[]): Draft[] {
  const byField = new Map<string, Draft>();
  for (const draft of drafts) {
    const field = pathKey(draft.path);
    if (!byField.has(field)) byField.set(field, draft);
  }
  return [...byField.values()];
}

function failed(faults: readonly Fault[], fileName: string): ParseResult {
  const place = ({ position }: Fault) => (position ? position.line * 1e6 + position.column : 0);
  const ordered = [...faults].sort((a, b) => place(a) - place(b)).slice(0, MAXIMUM_FAULTS);
  return { ok: false, faults: ordered, fileName };
}
