import { classification } from './classification.ts';
import { detection } from './detection.ts';
import { keypoints } from './keypoints.ts';
import { segmentation } from './segmentation.ts';
import type { Task } from './task.ts';

export const taskNames = [
  'IMAGE.CLASSIFICATION',
  'IMAGE.OBJECT_DETECTION',
  'IMAGE.SEMANTIC_SEGMENTATION',
  'IMAGE.KEYPOINT_DETECTION',
] as const;

/** As Blueoil names them; ours write the first. */
export type TaskName = (typeof taskNames)[number];

export const tasks: Readonly<Record<TaskName, Task<unknown>>> = {
  'IMAGE.CLASSIFICATION': classification,
  'IMAGE.OBJECT_DETECTION': detection,
  'IMAGE.SEMANTIC_SEGMENTATION': segmentation,
  'IMAGE.KEYPOINT_DETECTION': keypoints,
};
