// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NodeFiles } from '#simulation/kernel/node-files.ts';
import type { ExecResult } from '#simulation/workload-backend.ts';
import { FILE_PROGRAMS } from './file-programs.ts';
import { runShell } from './shell.ts';

function run(script: string, ...parameters: string[]): ExecResult {
  const files = new NodeFiles();
  files.set('/proc/sys/net/ipv4/ip_forward', '1\n');
  files.set('/proc/sys/net/ipv4/tcp_ecn', '2\n');
  files.set('/etc/words', 'alpha beta\ngamma:delta\n\n');
  return runShell({ files, programs: FILE_PROGRAMS }, { script, parameters });
}

// What means something to a shell has to be frequent, or the properties would hold by luck.
const special = fc.constantFrom(...Array.from('\\\'"$`*?[]{}()<>|&;# \t\n~=!%-'));
const anyText = fc
  .string({ unit: fc.oneof(special, fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })) })
  .filter((text) => !text.includes('\0'));

describe('quoting', () => {
  it('keeps any text between single quotes as it is', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const quoted = `'${text.replaceAll("'", `'\\''`)}'`;

        expect(run(`printf '%s' ${quoted}`).stdout).toBe(text);
      }),
    );
  });

  it('keeps any text between double quotes once the four special characters are escaped', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const quoted = `"${text.replace(/[$`"\\]/g, '\\$&')}"`;

        expect(run(`printf '%s' ${quoted}`).stdout).toBe(text);
      }),
    );
  });

  it('hands any parameters on unchanged through "$@"', () => {
    fc.assert(
      fc.property(fc.array(anyText), (texts) => {
        const { stdout } = run(`f() { printf '<%s>\\0' "$@"; }; [ $# -gt 0 ] && f "$@"`, ...texts);

        expect(stdout).toBe(texts.map((text) => `<${text}>\0`).join(''));
      }),
    );
  });

  it('splits an unquoted value and not a quoted one', () => {
    expect(run(`x=' a  b '; printf '<%s>' $x "$x"`).stdout).toBe('<a><b>< a  b >');
  });
});

describe('runShell', () => {
  // Each expected output was compared with dash 0.5.12.
  it.each([
    ['echo a; echo b', 'a\nb\n', 0],
    ['false && echo no; true || echo no; echo $?', '0\n', 0],
    ['! false; echo $?', '0\n', 0],
    ['if false; then echo a; elif true; then echo b; else echo c; fi', 'b\n', 0],
    ['for i in 1 "2 3"; do echo "<$i>"; done', '<1>\n<2 3>\n', 0],
    ['i=; while [ "$i" != xxx ]; do i=x$i; [ $i = xx ] && continue; echo $i; done', 'x\nxxx\n', 0],
    ['for i in 1 2 3; do [ $i = 2 ] && break; echo $i; done', '1\n', 0],
    ['case foo in f*) echo F;; *) echo other;; esac', 'F\n', 0],
    ['case "a*" in "a*") echo exact;; esac', 'exact\n', 0],
    ['x=abc; echo ${x%c} ${x#a} ${#x} ${y:-d e} ${x:+set}', 'ab bc 3 d e set\n', 0],
    ['x=/a/b/c; echo ${x##*/} ${x%/*}', 'c /a/b\n', 0],
    ['x=$(echo hi; false); echo $? "$x"', '1 hi\n', 0],
    ['echo `echo back \\`echo ticks\\``', 'back ticks\n', 0],
    ['f() { return 4; }; f; echo $?', '4\n', 0],
    ['f() (exit 2); f || echo "sub $?"', 'sub 2\n', 0],
    ['echo one | { cat; echo two; }', 'one\ntwo\n', 0],
    ['{ echo out; echo err >&2; } 2>/dev/null', 'out\n', 0],
    ['{ echo err >&2; } 2>&1 | cat', 'err\n', 0],
    ['cat </etc/words | head -n 1', 'alpha beta\n', 0],
    ['echo a >/tmp/f; echo b >>/tmp/f; cat /tmp/f', 'a\nb\n', 0],
    ['echo a; exit 3; echo b', 'a\n', 3],
    ['shift; echo no', '', 2],
    ['set -- a b; shift; echo $1 $#', 'b 1\n', 0],
    ['echo "a\\"b$" \\$x \'q$x\'', 'a"b$ $x q$x\n', 0],
    ['echo /proc/sys/net/ipv4/*', '/proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/tcp_ecn\n', 0],
    ['echo /nothing/*', '/nothing/*\n', 0],
    [`set -- '/etc/*'; echo "$@" $@ '/etc/*'`, '/etc/* /etc/words /etc/*\n', 0],
    ['printf "%s-%s|%5d|%x\\n" a b 3 255', 'a-b|    3|ff\n', 0],
    ['[ 2 -gt 1 ] && [ -f /etc/words ] && [ ! -d /etc/words ] && echo yes', 'yes\n', 0],
    ['# comment\necho a # more', 'a\n', 0],
    ['echo a\\\nb', 'ab\n', 0],
  ])('runs %j', (script, stdout, exitCode) => {
    const result = run(script);

    expect({ stdout: result.stdout, exitCode: result.exitCode }).toEqual({ stdout, exitCode });
  });

  it('reports an unknown command with its line, and goes on', () => {
    const result = run('echo a\nnope\necho $?');

    expect(result).toEqual({ stdout: 'a\n127\n', stderr: 'sh: 2: nope: not found\n', exitCode: 0 });
  });

  it('runs a background job at once, in a shell of its own', () => {
    const result = run('a=1\n{ a=2; echo $a; } &\nwait\necho $a');

    expect(result).toEqual({ stdout: '2\n1\n', stderr: '', exitCode: 0 });
  });

  it('refuses a script that it cannot parse before it runs any of it', () => {
    const result = run('echo a; if');

    expect(result.exitCode).toBe(2);
    expect(result.stdout).toBe('');
  });

  it.each(['cat <<EOF\nx\nEOF', 'echo $((1+1))'])('refuses %j as not modelled', (script) => {
    expect(run(script).stderr).toContain('not modelled');
  });

  it('ends a script that never would', () => {
    expect(run('while true; do :; done').exitCode).toBe(137);
    expect(run('f() { f; }; f').exitCode).not.toBe(0);
  });

  it('keeps the two streams of a section apart', () => {
    const section =
      's() { n=$1; shift; printf "%s begin\\n" "$n"; printf "%s begin\\n" "$n" >&2; "$@"; r=$?; printf "%s end %s\\n" "$n" "$r"; }';

    const result = run(`${section}\ns one cat /nope\ns two cat /etc/words`);

    expect(result.stdout).toBe(
      'one begin\none end 1\ntwo begin\nalpha beta\ngamma:delta\n\ntwo end 0\n',
    );
    expect(result.stderr).toBe(
      "one begin\ncat: can't open '/nope': No such file or directory\ntwo begin\n",
    );
  });

  it('refuses to write below /proc', () => {
    expect(run('echo 0 >/proc/sys/net/ipv4/ip_forward').exitCode).toBe(2);
  });
});

describe('file programs', () => {
  // Outputs and exit codes as BusyBox 1.35 gives them.
  it.each([
    ['grep -H . /proc/sys/net/ipv4/ip_forward', '/proc/sys/net/ipv4/ip_forward:1\n', 0],
    ['grep -c a /etc/words', '2\n', 0],
    ['grep -v a /etc/words', '\n', 0],
    ['grep -q zz /etc/words', '', 1],
    ['grep -E "^(alpha|x)" /etc/words', 'alpha beta\n', 0],
    ['grep "^\\(alpha\\|x\\)" /etc/words', 'alpha beta\n', 0],
    ['grep -o "b.t" /etc/words', 'bet\n', 0],
    [
      'grep -oHsw -e bet -e beta -e gamma /etc/words /nope',
      '/etc/words:beta\n/etc/words:gamma\n',
      2,
    ],
    ['grep x /nope', '', 2],
    ['tail -n 2 /etc/words', 'gamma:delta\n\n', 0],
    ['wc -l /etc/words', '3 /etc/words\n', 0],
    ['cut -d : -f 2 /etc/words', 'alpha beta\ndelta\n\n', 0],
    ['sort -r /etc/words | head -n1', 'gamma:delta\n', 0],
    ['echo abc | tr a-b A-B', 'ABc\n', 0],
    ['ls /etc', 'words\n', 0],
  ])('%s', (script, stdout, exitCode) => {
    const result = run(script);

    expect({ stdout: result.stdout, exitCode: result.exitCode }).toEqual({ stdout, exitCode });
  });
});
