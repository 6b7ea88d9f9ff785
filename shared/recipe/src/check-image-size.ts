import { NETWORKS } from './choices.ts';
import { type Draft, formatPath, oneOf, type Path, show } from './fault.ts';
import { nearestNumbers } from './nearest.ts';

/** Limits of the one network there is; a second network takes them from the recipe's choice. */
const { sideDivisor, maximumSide } = NETWORKS['lmnet-v1'];
const rule = { minimum: sideDivisor, maximum: maximumSide, integer: true, divisor: sideDivisor };

/**
 * Checks `imageSize` in each of its forms: `32`, `32x48`, `[32, 48]`. Height comes before width.
 * The nearest sizes are given in the form that was used.
 */
export function checkImageSize(value: unknown): Draft[] {
  const path = ['imageSize'];
  if (typeof value === 'number') return checkSide(value, path, (side) => side);
  if (Array.isArray(value) && value.length === 2 && value.every((side) => typeof side === 'number'))
    return value.flatMap((side: number, index) => checkSide(side, [...path, index], (valid) => valid));
  const sides =
    typeof value === 'string' ? /^\s*(\d{1,6})\s*[x×*,]\s*(\d{1,6})\s*$|^\s*(\d{1,6})\s*$/i.exec(value) : null;
  if (sides) return checkText(String(value), Number(sides[1] ?? sides[3]), Number(sides[2] ?? sides[3]));
  const message = `imageSize is ${show(value)}, which is not a size.`;
  const action = 'Give pixels as 32, as 32x48 (height x width) or as [32, 48].';
  return [{ code: 'IMAGE_SIZE_UNREADABLE', path, message, action, nearest: [] }];
}

function checkSide(side: number, path: Path, format: (side: number) => number | string): Draft[] {
  if (Number.isInteger(side) && side % sideDivisor === 0 && side >= sideDivisor && side <= maximumSide) return [];
  const nearest = nearestNumbers(side, rule).map(format);
  return [{ ...describe(side, path), action: `Use ${nearest.length > 0 ? oneOf(nearest) : 32}.`, nearest }];
}

/** The schema takes `32` and `32x48` only, so every other spelling is a fault even when its sides are right. */
function checkText(text: string, height: number, width: number): Draft[] {
  const wrong = [height, width].find((side) => checkSide(side, [], String).length > 0);
  const heights = nearestNumbers(height, rule);
  const widths = nearestNumbers(width, rule);
  const count = Math.max(heights.length, widths.length);
  const nearest = Array.from({ length: count }, (_, i) => `${heights[i] ?? heights[0]}x${widths[i] ?? widths[0]}`);
  if (wrong !== undefined) return [{ ...describe(wrong, ['imageSize']), action: `Use ${oneOf(nearest)}.`, nearest }];
  if (/^\d{1,4}(x\d{1,4})?$/.test(text)) return [];
  const message = `imageSize is ${show(text)}, which is not written as height and width.`;
  return [{ code: 'IMAGE_SIZE_UNREADABLE', path: ['imageSize'], message, action: `Use ${oneOf(nearest)}.`, nearest }];
}

function describe(side: number, path: Path): Pick<Draft, 'code' | 'path' | 'message'> {
  const field = formatPath(path);
  if (side < sideDivisor || side > maximumSide || !Number.isFinite(side))
    return {
      code: 'IMAGE_SIZE_RANGE',
      path,
      message: `${field}: ${side} is not from ${sideDivisor} to ${maximumSide}.`,
    };
  return { code: 'IMAGE_SIZE_DIVISOR', path, message: `${field}: ${side} is not a multiple of ${sideDivisor}.` };
}
