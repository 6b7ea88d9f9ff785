import type { Candidate } from './curate.ts';
import { type FindingLog, printable } from './findings.ts';
import type { Layout } from './formats/format.ts';
import { compareCodePoints } from './manifest.ts';
import type { Survey } from './survey.ts';

/** Labels are five digits in shard entries and one output channel each in the network. */
const CLASSES_MAX = 1024;
const CLASS_NAME_LENGTH_MAX = 200;
const FEW_TRAINING_IMAGES = 20;
const UNBALANCED_TIMES = 20;

interface ClassesToCheck {
  readonly survey: Survey;
  readonly layout: Layout;
  /** Good images, copies included. */
  readonly candidates: readonly Candidate[];
  /** Images that the dataset will hold. */
  readonly used: readonly Candidate[];
  /** Classes that files speak for. */
  readonly classes: readonly string[];
  readonly findings: FindingLog;
}

/** Notes everything that is wrong or odd about the classes as a whole. */
export function checkClasses({ survey, layout, candidates, used, classes, findings }: ClassesToCheck): void {
  const folders = classFolders(survey, layout);
  const names = [...new Set([...classes, ...folders.map((folder) => folder.className)])].sort(compareCodePoints);
  if (names.length === 1) findings.add('ONE_CLASS', names[0] ?? '', `"${names[0]}" (${layout.evidence})`);
  if (names.length > CLASSES_MAX) {
    findings.add('TOO_MANY_CLASSES', '', `${names.length.toLocaleString('en')}, the limit is ${CLASSES_MAX}`);
  }
  checkNames(names, findings);
  checkCase(candidates, names, findings);
  if (layout.isSplit) checkBothSplits(names, folders, used, findings);
  else checkEnough(names, used, findings);
  checkBalance(names, used, findings);
}

type ClassFolder = { readonly split: string; readonly className: string };

/** Class folders that the drop has, with or without images: from the files in them and from the folders it names. */
function classFolders(survey: Survey, layout: Layout): ClassFolder[] {
  const folders: ClassFolder[] = [];
  for (const path of survey.folders) {
    const folder = layout.classOfFolder(path);
    if (folder !== undefined) folders.push(folder);
  }
  for (const { path } of survey.files) {
    const place = layout.placeOf(path);
    if (place.role === 'image') folders.push(place);
  }
  return folders;
}

function checkNames(names: readonly string[], findings: FindingLog): void {
  for (const name of names) {
    if (name.trim() === '' || name.length > CLASS_NAME_LENGTH_MAX || printable(name) !== name) {
      findings.add('CLASS_NAME_UNUSABLE', name, 'cannot be shown or stored');
    } else if (name.trim() !== name || name.endsWith('.')) {
      findings.add('CLASS_NAME_ODD', name, `"${name}"`);
    }
  }
}

/** Folders and files that a file system without upper and lower case would put into one. */
function checkCase(candidates: readonly Candidate[], names: readonly string[], findings: FindingLog): void {
  const folders = new Set(candidates.map((c) => c.folder));
  for (const alike of [...alikeButCase(names), ...alikeButCase([...folders])]) {
    const classNames = new Set(alike.map((folder) => folder.split('/').at(-2) ?? folder));
    const isReported = alike[0]?.endsWith('/') && classNames.size > 1;
    if (!isReported)
      findings.add('CLASS_CASE_COLLISION', alike[0] ?? '', alike.map((name) => `"${name}"`).join(' and '));
  }
  for (const members of Map.groupBy(candidates, (c) => c.folder).values()) {
    for (const [first, ...others] of alikeButCase(members.map((c) => c.file.path))) {
      for (const other of others) findings.add('FILE_CASE_COLLISION', other, `beside ${first}`);
    }
  }
}

function alikeButCase(names: readonly string[]): string[][] {
  return [...Map.groupBy(names, (name) => name.toLowerCase()).values()].filter((alike) => alike.length > 1);
}

function checkBothSplits(
  names: readonly string[],
  folders: readonly ClassFolder[],
  used: readonly Candidate[],
  findings: FindingLog,
): void {
  const key = (split: string, name: string) => `${split}/${name}`;
  const present = new Set(folders.map((folder) => key(folder.split, folder.className)));
  const filled = new Set(used.map((c) => key(c.split, c.className)));
  if (!folders.some((folder) => folder.split === 'train')) {
    findings.add('NO_TRAIN_SPLIT', '', 'no folder named train has class folders');
    return;
  }
  for (const name of names) {
    for (const split of ['train', 'validation']) {
      if (!present.has(key(split, name))) findings.add('SPLIT_CLASS_MISMATCH', name, `missing from ${split}`);
      else if (!filled.has(key(split, name))) findings.add('EMPTY_CLASS', name, `no usable image in ${split}`);
    }
  }
}

function checkEnough(names: readonly string[], used: readonly Candidate[], findings: FindingLog): void {
  const counts = countByClass(used);
  for (const name of names) {
    const count = counts.get(name) ?? 0;
    if (count === 0) findings.add('EMPTY_CLASS', name, 'no usable image');
    else if (count === 1) findings.add('TOO_FEW_IMAGES', name, '1 usable image');
  }
}

function checkBalance(names: readonly string[], used: readonly Candidate[], findings: FindingLog): void {
  const counts = countByClass(used.filter((c) => c.split === 'train'));
  const sorted = names.map((name) => ({ name, count: counts.get(name) ?? 0 })).sort((a, b) => a.count - b.count);
  for (const { name, count } of sorted) {
    if (count > 0 && count < FEW_TRAINING_IMAGES) findings.add('FEW_IMAGES', name, `${count} to train on`);
  }
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least !== undefined && most !== undefined && least.count > 0 && most.count > UNBALANCED_TIMES * least.count) {
    findings.add(
      'UNBALANCED_CLASSES',
      '',
      `"${most.name}" has ${most.count} training images, "${least.name}" has ${least.count}`,
    );
  }
}

function countByClass(candidates: readonly Candidate[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { className } of candidates) counts.set(className, (counts.get(className) ?? 0) + 1);
  return counts;
}
