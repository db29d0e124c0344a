// SPDX-License-Identifier: Apache-2.0

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';

import { findProgram } from './find-program.ts';

// A new profile, no service of its own that talks to the net, and no way out for what a page may try.
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-extensions',
  '--hide-scrollbars',
  '--font-render-hinting=none',
  '--force-color-profile=srgb',
  '--proxy-server=127.0.0.1:9',
  '--remote-debugging-pipe',
];

/** Nothing moves smoothly: where something is can be asked at once. */
const STILL = { name: 'prefers-reduced-motion', value: 'reduce' };

/** Keys that a test presses: their names with the codes that Windows has for them, and the text that they type. */
const KEYS = {
  Tab: { code: 9, text: '' },
  Enter: { code: 13, text: '\r' },
  ' ': { code: 32, text: ' ' },
  '/': { code: 191, text: '/' },
} as const;

/** A key that can be pressed. */
export type Key = keyof typeof KEYS;

/** A page in Chromium. */
export interface OpenedPage {
  /** Addresses that the page asked for, its own first. */
  readonly requests: readonly string[];
  /** Messages of the console and of the browser about the page. */
  readonly messages: readonly string[];
  /** The value of an expression in the page, as JSON has it. */
  evaluate(expression: string): Promise<unknown>;
  press(key: Key): Promise<void>;
  type(text: string): Promise<void>;
  /** Prefers light or dark from now on. */
  prefer(scheme: 'light' | 'dark'): Promise<void>;
  resize(width: number, height: number): Promise<void>;
  /** What is in the window, as PNG. */
  picture(): Promise<Buffer>;
}

/** Chromium in the PATH; undefined where there is none. */
export function findChromium(): string | undefined {
  return findProgram('chromium', 'chromium-browser', 'google-chrome');
}

/** Opens a page in a Chromium of its own, uses it, and ends both. */
export async function withPage<T>(html: string, use: (page: OpenedPage) => Promise<T>): Promise<T> {
  const program = findChromium();
  if (program === undefined) throw new Error('There is no Chromium in the PATH.');
  const folder = await mkdtemp(join(tmpdir(), 'selvage-page-'));
  const file = join(folder, 'report.html');
  await writeFile(file, html);
  const browser = spawn(program, [...FLAGS, `--user-data-dir=${join(folder, 'profile')}`], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  try {
    return await use(await openPage(new Devtools(browser), pathToFileURL(file).href));
  } finally {
    if (browser.exitCode === null) {
      browser.kill('SIGKILL');
      await once(browser, 'exit');
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

async function openPage(devtools: Devtools, url: string): Promise<OpenedPage> {
  const { targetId } = await devtools.send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await devtools.send('Target.attachToTarget', { targetId, flatten: true });
  devtools.session = String(sessionId);
  const requests: string[] = [];
  const messages: string[] = [];
  devtools.listeners.push(({ method, params }) => {
    const text = JSON.stringify(params);
    if (method === 'Network.requestWillBeSent') {
      requests.push((params['request'] as { readonly url: string }).url);
    }
    if (/^(?:Runtime\.(?:consoleAPICalled|exceptionThrown)|Log\.entryAdded)$/u.test(method)) {
      messages.push(text);
    }
  });
  for (const domain of ['Page', 'Network', 'Runtime', 'Log'])
    await devtools.send(`${domain}.enable`);
  await devtools.send('Emulation.setEmulatedMedia', { features: [STILL] });
  const loaded = devtools.event('Page.loadEventFired');
  await devtools.send('Page.navigate', { url });
  await loaded;
  return { requests, messages, ...actionsOf(devtools) };
}

function actionsOf(devtools: Devtools): Omit<OpenedPage, 'requests' | 'messages'> {
  return {
    async evaluate(expression) {
      const answer = await devtools.send('Runtime.evaluate', {
        expression,
        returnByValue: true,
        awaitPromise: true,
      });
      if ('exceptionDetails' in answer) throw new Error(JSON.stringify(answer['exceptionDetails']));
      return (answer['result'] as { readonly value?: unknown }).value;
    },
    async press(key) {
      const { code, text } = KEYS[key];
      const event = { key, windowsVirtualKeyCode: code, ...(text !== '' && { text }) };
      await devtools.send('Input.dispatchKeyEvent', { type: 'keyDown', ...event });
      await devtools.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
    },
    async type(text) {
      await devtools.send('Input.insertText', { text });
    },
    async prefer(value) {
      const features = [{ name: 'prefers-color-scheme', value }, STILL];
      await devtools.send('Emulation.setEmulatedMedia', { features });
    },
    async resize(width, height) {
      const metrics = { width, height, deviceScaleFactor: 1, mobile: false };
      await devtools.send('Emulation.setDeviceMetricsOverride', metrics);
    },
    async picture() {
      const { data } = await devtools.send('Page.captureScreenshot', { format: 'png' });
      return Buffer.from(String(data), 'base64');
    },
  };
}

interface Message {
  readonly id?: number;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** Chromium's protocol for tools over two pipes: JSON, each message ended by a zero byte. */
class Devtools {
  session: string | undefined;
  readonly listeners: ((message: Message) => void)[] = [];
  readonly #output: Writable;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #last = 0;

  constructor({ stdio }: ChildProcess) {
    this.#output = stdio[3] as Writable;
    let rest = '';
    (stdio[4] as Readable).setEncoding('utf8').on('data', (chunk: string) => {
      const texts = (rest + chunk).split('\0');
      rest = texts.pop() ?? '';
      for (const text of texts) this.#take(JSON.parse(text) as Message);
    });
  }

  async send(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
  ): Promise<Readonly<Record<string, unknown>>> {
    const id = (this.#last += 1);
    const answer = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    const session = this.session === undefined ? {} : { sessionId: this.session };
    this.#output.write(`${JSON.stringify({ id, method, params, ...session })}\0`);
    const { result, error } = await answer;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  }

  async event(wanted: string): Promise<void> {
    await new Promise<void>((resolve) => {
      this.listeners.push(({ method }) => {
        if (method === wanted) resolve();
      });
    });
  }

  #take(message: Message): void {
    if (message.id === undefined) for (const listener of this.listeners) listener(message);
    else this.#waiting.get(message.id)?.(message);
  }
}
