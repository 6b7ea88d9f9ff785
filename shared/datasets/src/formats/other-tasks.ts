import type { DatasetFormat } from './format.ts';

/** Formats of other tasks, told apart by the file that each cannot do without, so that the refusal can name them. */
const marks: readonly (readonly [file: RegExp, what: string])[] = [
  [/(^|\/)annotations-bbox\.csv$/i, 'annotations-bbox.csv is OpenImages V4 (object detection)'],
  [/(^|\/)person_keypoints_\w+\.json$/i, 'person_keypoints_*.json is MS COCO (keypoints)'],
  [/(^|\/)instances_\w+\.json$/i, 'instances_*.json is MS COCO (object detection)'],
  [/(^|\/)(trainannot|valannot)\//i, 'trainannot/ is CamVid (segmentation)'],
  [/(^|\/)Annotations\/[^/]+\.xml$/, 'Annotations/*.xml is Pascal VOC (object detection)'],
];

export const otherTasks: DatasetFormat = {
  name: 'other-tasks',
  detect(files) {
    for (const [mark, what] of marks) {
      if (files.some((file) => mark.test(file.path))) return { refused: what };
    }
    return undefined;
  },
};
