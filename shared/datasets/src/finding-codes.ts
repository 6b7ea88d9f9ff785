/** `bad` files are excluded and count against the tolerance; beyond it they become errors. */
interface FindingKind {
  readonly kind: 'error' | 'bad' | 'warning';
  /** What happened. `n` places have it; `detail` belongs to the first of them. */
  readonly message: (n: number, detail: string) => string;
  /** What to do. */
  readonly action: string;
}

const files = (n: number) => (n === 1 ? '1 file' : `${n.toLocaleString('en')} files`);
const images = (n: number) => (n === 1 ? '1 image' : `${n.toLocaleString('en')} images`);
const classes = (n: number) => (n === 1 ? '1 class' : `${n.toLocaleString('en')} classes`);
const be = (n: number) => (n === 1 ? 'is' : 'are');
const have = (n: number) => (n === 1 ? 'has' : 'have');

/** Every finding by its stable code. The order is the order of the report. */
export const findingCodes = {
  NOT_AN_ARCHIVE: {
    kind: 'error',
    message: (_n, detail) => `The dropped file is not an archive: ${detail}.`,
    action: 'Pack the class folders as .zip, .tar, .tar.gz or .tgz and drop that file.',
  },
  UNSUPPORTED_ARCHIVE: {
    kind: 'error',
    message: (_n, detail) => `The archive is of a kind that is not read: ${detail}.`,
    action: 'Pack the class folders as .zip, .tar, .tar.gz or .tgz instead.',
  },
  ARCHIVE_ENCRYPTED: {
    kind: 'error',
    message: (_n, detail) => `The archive is protected by a password: ${detail}.`,
    action: 'Pack it again without a password; the bucket itself encrypts what it stores.',
  },
  ARCHIVE_DAMAGED: {
    kind: 'error',
    message: (_n, detail) => `The archive is damaged or was cut off: ${detail}.`,
    action: 'Compare its size and checksum with the original, then upload it again.',
  },
  ARCHIVE_BOMB: {
    kind: 'error',
    message: (_n, detail) => `The archive unpacks to far more than it should: ${detail}.`,
    action: 'Pack the images alone, without padding, repeated or overlapping entries.',
  },
  ARCHIVE_TOO_LARGE: {
    kind: 'error',
    message: (_n, detail) => `The drop is larger than the limit: ${detail}.`,
    action: 'Drop fewer or smaller images, or have the limit of this installation raised.',
  },
  ARCHIVE_EMPTY: {
    kind: 'error',
    message: (_n, detail) => `The drop holds no files: ${detail}.`,
    action: 'Drop one folder per class, with the images of that class inside.',
  },
  UNSAFE_PATH: {
    kind: 'error',
    message: (n) => `${files(n)} ${have(n)} a path that would leave the dataset's folder or is not portable.`,
    action: 'Pack the folder again with relative paths and "/" between the names; no "..", drive letter or backslash.',
  },
  NO_IMAGES: {
    kind: 'error',
    message: (_n, detail) => `The drop holds no JPEG or PNG image: ${detail}.`,
    action: 'Drop JPEG or PNG images in one folder per class.',
  },
  LAYOUT_UNKNOWN: {
    kind: 'error',
    message: (_n, detail) => `The folders are not laid out as a known dataset format: ${detail}.`,
    action: 'Use one folder per class (cat/1.jpg, dog/2.jpg), or train/<class>/ and validation/<class>/.',
  },
  LAYOUT_UNSUPPORTED: {
    kind: 'error',
    message: (_n, detail) => `The dataset is in a format for another task: ${detail}.`,
    action: 'For classification, use one folder per class (cat/1.jpg, dog/2.jpg).',
  },
  NO_TRAIN_SPLIT: {
    kind: 'error',
    message: (_n, detail) => `There are images to validate with but none to train on: ${detail}.`,
    action: 'Add a folder named train with the same class folders.',
  },
  ONE_CLASS: {
    kind: 'error',
    message: (_n, detail) => `There is only one class: ${detail}.`,
    action: 'Add at least a second class folder; to detect one thing, add a class of everything else.',
  },
  TOO_MANY_CLASSES: {
    kind: 'error',
    message: (_n, detail) => `There are too many classes: ${detail}.`,
    action: 'Merge classes, or check that the folders are classes and not single items.',
  },
  EMPTY_CLASS: {
    kind: 'error',
    message: (n) => `${classes(n)} ${have(n)} no usable image.`,
    action: 'Add images to the folder or remove the folder.',
  },
  TOO_FEW_IMAGES: {
    kind: 'error',
    message: (n) => `${classes(n)} ${have(n)} too few images to both train and validate.`,
    action: 'Give each class at least 2 different images; 50 or more is where training starts to make sense.',
  },
  SPLIT_CLASS_MISMATCH: {
    kind: 'error',
    message: (n) => `${classes(n)} ${be(n)} in only one of the training and validation folders.`,
    action: 'Make the class folders the same in both; check spelling and upper case.',
  },
  CLASS_CASE_COLLISION: {
    kind: 'error',
    message: (n) => `${n === 1 ? '1 pair of folders' : `${n} pairs of folders`} differ only in upper and lower case.`,
    action: 'Merge the two folders or give them distinct names.',
  },
  CLASS_NAME_UNUSABLE: {
    kind: 'error',
    message: (n) => `${classes(n)} ${have(n)} a name that cannot be shown or stored.`,
    action: 'Rename the folder: 1 to 200 characters, no control or text-direction characters.',
  },
  SPLIT_LEAK: {
    kind: 'error',
    message: (_n, detail) => `The validation images are largely the training images: ${detail}.`,
    action: 'Keep each picture in one split only, or drop a single set of class folders and let it be split.',
  },
  TOO_MANY_BAD_IMAGES: {
    kind: 'error',
    message: (_n, detail) => `More images are unusable than tolerated: ${detail}.`,
    action: 'Fix or remove the files listed under the other findings, then drop again.',
  },
  EMPTY_FILE: {
    kind: 'bad',
    message: (n) => `${files(n)} ${be(n)} empty.`,
    action: 'Upload the file again or remove it.',
  },
  FILE_TOO_LARGE: {
    kind: 'bad',
    message: (n) => `${files(n)} ${be(n)} larger than one image may be.`,
    action: 'Save the image smaller; training scales it down anyway.',
  },
  ENTRY_DAMAGED: {
    kind: 'bad',
    message: (n) => `${files(n)} cannot be unpacked whole.`,
    action: 'Pack the archive again from the original files.',
  },
  IMAGE_TRUNCATED: {
    kind: 'bad',
    message: (n) => `${images(n)} end${n === 1 ? 's' : ''} too early.`,
    action: 'Copy the image again from where it is whole, or remove it.',
  },
  IMAGE_UNDECODABLE: {
    kind: 'bad',
    message: (n) => `${images(n)} cannot be decoded.`,
    action: 'Open and save the image anew, or remove it.',
  },
  IMAGE_TOO_LARGE: {
    kind: 'bad',
    message: (n) => `${images(n)} ${have(n)} more pixels than the limit.`,
    action: 'Scale the image down; training scales it down anyway.',
  },
  IMAGE_WRONG_TYPE: {
    kind: 'bad',
    message: (n) => `${files(n)} ${be(n)} not JPEG or PNG.`,
    action: 'Convert the images to JPEG or PNG, or remove them.',
  },
  IMAGE_UNSUPPORTED_PIXELS: {
    kind: 'bad',
    message: (n) => `${images(n)} ${have(n)} a pixel format that decoders do not agree on.`,
    action: 'Save as 8-bit RGB or grey, one picture per file.',
  },
  CONFLICTING_LABELS: {
    kind: 'bad',
    message: (n) => `${images(n)} ${be(n)} filed under more than one class with the same content.`,
    action: 'Keep the image in the class it belongs to.',
  },
  MISPLACED_IMAGE: {
    kind: 'bad',
    message: (n) => `${images(n)} ${be(n)} in a folder inside a class folder.`,
    action: 'Move the images directly into the class folder.',
  },
  LINK: {
    kind: 'bad',
    message: (n) => `${files(n)} ${be(n)} links, which are never followed.`,
    action: 'Pack the files themselves (tar --dereference --hard-dereference, or zip without -y).',
  },
  SPECIAL_FILE: {
    kind: 'bad',
    message: (n) => `${files(n)} ${be(n)} neither file nor folder (a device, a pipe, a socket).`,
    action: 'Pack plain files only.',
  },
  DUPLICATE_ACROSS_SPLITS: {
    kind: 'warning',
    message: (n) => `${images(n)} ${be(n)} in both training and validation; they were taken out of training.`,
    action: 'Keep each picture in one split only.',
  },
  DUPLICATE_IN_SPLIT: {
    kind: 'warning',
    message: (n) => `${images(n)} repeat another image of the same class; one copy is used.`,
    action: 'Nothing, unless the copies were meant to be different pictures.',
  },
  DUPLICATE_PATH: {
    kind: 'warning',
    message: (n) => `${files(n)} ${be(n)} in the archive twice under one name; the last one is used.`,
    action: 'Pack the archive again if that is not what you meant.',
  },
  FILE_CASE_COLLISION: {
    kind: 'warning',
    message: (n) => `${files(n)} differ${n === 1 ? 's' : ''} from another only in upper and lower case; both are used.`,
    action: 'Rename one of them: on some computers one would overwrite the other.',
  },
  NAME_NOT_UTF8: {
    kind: 'warning',
    message: (n) => `${files(n)} ${have(n)} a name that is not UTF-8; it was read in an older code page.`,
    action: 'If a class name looks wrong, pack the archive with a tool that writes UTF-8 names.',
  },
  CLASS_NAME_ODD: {
    kind: 'warning',
    message: (n) => `${classes(n)} ${have(n)} a name that begins or ends with a space or a dot.`,
    action: 'Rename the folder if that is a slip.',
  },
  FEW_IMAGES: {
    kind: 'warning',
    message: (n) => `${classes(n)} ${have(n)} fewer than 20 training images.`,
    action: 'Expect poor accuracy for them; add images.',
  },
  UNBALANCED_CLASSES: {
    kind: 'warning',
    message: (_n, detail) => `The classes are very unequal: ${detail}.`,
    action: 'Add images to the small classes; the large ones will be favoured otherwise.',
  },
  TRANSPARENT_IMAGE: {
    kind: 'warning',
    message: (n) => `${images(n)} ${have(n)} transparency, which training drops.`,
    action: 'Flatten the images on a background if the transparent parts matter.',
  },
  UNUSED_SPLIT: {
    kind: 'warning',
    message: (n) => `${images(n)} in a further split ${be(n)} not used.`,
    action: 'Nothing, if one validation split is what you meant.',
  },
  STRAY_FILE: {
    kind: 'warning',
    message: (n) => `${files(n)} ${be(n)} not part of the dataset and ${be(n)} ignored.`,
    action: 'Nothing, unless one of them should be an image in a class folder.',
  },
  MISNAMED_ARCHIVE: {
    kind: 'warning',
    message: (_n, detail) => `The archive's name does not fit its content: ${detail}.`,
    action: 'Nothing; it was read by its content.',
  },
} as const satisfies Record<string, FindingKind>;

export type FindingCode = keyof typeof findingCodes;
