/** What a system says of a file, by its code. */
const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'there is no permission for it',
  EEXIST: 'something else has this name',
  EISDIR: 'it is a folder',
  ELOOP: 'its links go round in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ENOENT: 'it is not there',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is no folder',
  EPERM: 'there is no permission for it',
  EROFS: 'the disk is read-only',
};

/** Why a system refused a file, in words, without its path; of anything else the message. */
export function refusalWords(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return WORDS[code] ?? (error instanceof Error ? error.message : String(error));
}
