// SPDX-License-Identifier: Apache-2.0

import { auditFile, readAudit } from '#audit/audit-log.ts';
import { describeCluster } from '#engine/document/describe-cluster.ts';
import { diffDocuments } from '#engine/document/diff-documents.ts';
import type { DocumentFacts } from '#engine/document/document-facts.ts';
import { readPods } from '#engine/read-resources.ts';
import { keptText } from '#history/documents/parse-document.ts';
import type { ClusterIdentity } from '#model/cluster.ts';
import type { Snapshot } from '#model/snapshot.ts';
import { printableText } from '#render/terminal/printable-text.ts';
import { type ClusterDocument, DOCUMENT_SCHEMA_VERSION } from '#report/cluster-document.ts';

import { loadSuppressions } from '../check/load-suppressions.ts';
import { connectOptions } from '../check/live-services.ts';
import { type CheckServices, collectSnapshot } from '../check/run-check.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { TOOL_VERSION } from '../version/tool-version.ts';
import type { DocumentFlags } from './document-flags.ts';
import { chooseVersion, earlierVersion } from './earlier-version.ts';
import { keepVersion, keptVersions } from './kept-versions.ts';
import { diffText, documentText } from './document-text.ts';

/**
 * `selvage document`: reads the cluster and writes its page, or what changed since an earlier one.
 *
 * @throws UsageError for files and days that give no earlier page; what the services throw
 */
export async function runDocument(
  flags: DocumentFlags,
  io: Io,
  services: CheckServices,
): Promise<number> {
  const { output, diff } = flags;
  const keep = flags.history && (io.env['SELVAGE_NO_HISTORY'] ?? '') === '';
  const accepted = await loadSuppressions(flags, io);
  const asked = diff === undefined ? undefined : await earlierVersion(diff);
  const snapshot = await collectSnapshot({ ...flags, probe: 'none' }, io, services);
  const pods = await readPods({ ...connectOptions(flags), env: io.env }, io.signal);
  const changes = await changesOf(snapshot, io);
  const document = documentOf({ snapshot, pods, changes, accepted });
  const { identity } = snapshot.cluster;
  const which = identity.state === 'observed' ? identity.value : undefined;
  const kept = asked === undefined || which === undefined ? [] : await keptVersions(io.env, which);
  const earlier = asked === undefined ? undefined : chooseVersion(asked, document, kept);
  if (keep) await keepTelling(document, which, io);
  if (earlier === undefined) {
    io.stdout.write(await documentText(document, output));
    return EXIT.healthy;
  }
  const changed = diffDocuments(earlier, { at: document.made.at, content: document.content });
  io.stdout.write(await diffText(changed, output));
  return changed.sections.length === 0 ? EXIT.healthy : EXIT.findings;
}

function documentOf(facts: DocumentFacts): ClusterDocument {
  const { identity } = facts.snapshot.cluster;
  const { context, server } =
    identity.state === 'observed' ? identity.value : { context: '', server: '' };
  return {
    schemaVersion: DOCUMENT_SCHEMA_VERSION,
    kind: 'ClusterDocument',
    made: { at: facts.snapshot.finishedAt, tool: TOOL_VERSION, context, server },
    content: describeCluster(facts),
  };
}

const NOT_KNOWN = 'Which cluster this is could not be read.';

async function changesOf({ cluster }: Snapshot, { env }: Io): Promise<DocumentFacts['changes']> {
  const { identity } = cluster;
  if (identity.state === 'absent') return { why: NOT_KNOWN };
  try {
    return (await readAudit(auditFile(env, identity.value))).entries;
  } catch (error) {
    return { why: `${messageOf(error)}.` };
  }
}

/** Keeps this version of the page. What cannot be kept is told, and no reason to fail. */
async function keepTelling(
  { made, content }: ClusterDocument,
  which: ClusterIdentity | undefined,
  { env, stderr }: Io,
): Promise<void> {
  try {
    if (which === undefined) throw new Error(NOT_KNOWN);
    await keepVersion(env, which, { atMs: Date.parse(made.at), text: keptText(content) });
  } catch (error) {
    const why = printableText(messageOf(error));
    stderr.write(
      `warning: This version of the page is not kept. ${why} Leave it out with --no-history.\n`,
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
