// SPDX-License-Identifier: Apache-2.0

/** Content of a file: fixed, or computed at each read. */
export type FileContent = string | (() => string);

/** Why a file could not be read or written, as errno names. */
export type FileProblem = 'ENOENT' | 'EISDIR' | 'ENOTDIR' | 'EROFS';

/** Files of a container as one flat map; directories follow from the paths. */
export class NodeFiles {
  readonly #files = new Map<string, FileContent>();

  /** Makes or replaces a file; `path` is absolute. */
  set(path: string, content: FileContent): void {
    this.#files.set(path, content);
  }

  /** Removes a file; returns whether there was one. */
  remove(path: string): boolean {
    return this.#files.delete(path);
  }

  /** Reads a file. */
  read(path: string): { content: string } | { problem: FileProblem } {
    const file = this.#files.get(normalize(path));
    if (file !== undefined) return { content: typeof file === 'string' ? file : file() };
    return { problem: this.isDirectory(path) ? 'EISDIR' : 'ENOENT' };
  }

  /** The files below some directories, read through: what a container sees that mounts nothing else. */
  only(...directories: readonly string[]): NodeFiles {
    const part = new NodeFiles();
    for (const [path, content] of this.#files) {
      if (directories.some((directory) => path.startsWith(`${directory}/`)))
        part.set(path, content);
    }
    return part;
  }

  /** Writes as a process of the container may: not to `/proc` and `/sys`, which are read-only there. */
  write(path: string, content: string): FileProblem | undefined {
    if (/^\/(proc|sys)\//.test(path)) return this.#files.has(path) ? 'EROFS' : 'ENOENT';
    if (this.isDirectory(path)) return 'EISDIR';
    if (!this.isDirectory(path.slice(0, path.lastIndexOf('/')) || '/')) return 'ENOENT';
    this.#files.set(normalize(path), content);
    return undefined;
  }

  /** Whether the path is a directory. */
  isDirectory(path: string): boolean {
    const directory = normalize(path);
    if (['/', '/tmp', '/run', '/run/flannel', '/etc'].includes(directory)) return true;
    return [...this.#files.keys()].some((file) => file.startsWith(`${directory}/`));
  }

  /** Names in a directory, sorted; empty when it is none. */
  list(path: string): string[] {
    const directory = normalize(path);
    const prefix = directory === '/' ? '/' : `${directory}/`;
    const names = new Set<string>();
    for (const file of this.#files.keys()) {
      if (file.startsWith(prefix)) names.add(file.slice(prefix.length).split('/')[0] ?? '');
    }
    return [...names].sort();
  }
}

function normalize(path: string): string {
  const clean = path.replace(/\/+/g, '/').replace(/\/$/, '');
  return clean === '' ? '/' : clean;
}
