/** Beyond these a file is refused: reading takes time and memory in proportion to the file, whatever it claims. */
export const limits = {
  /** Bytes of one file that is read at all. */
  fileBytes: 256 * 2 ** 20,
  segments: 64,
  sections: 65_535,
  dynamicEntries: 4_096,
  symbols: 2 ** 18,
  relocations: 2 ** 20,
  /** Needed libraries, and the versions asked of all of them. */
  libraries: 256,
  versions: 4_096,
  /** Bytes of one name, and of all names of a file: names may overlap, so the file's size does not bound their sum. */
  nameBytes: 4_096,
  allNamesBytes: 16 * 2 ** 20,
  archiveMembers: 4_096,
};
