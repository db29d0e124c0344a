// SPDX-License-Identifier: Apache-2.0

import type { ContainerResources } from './cluster.ts';
import type { Finding, Severity } from './finding.ts';
import type { IpFamily } from './kernel.ts';

/**
 * What traffic a change can disturb.
 *
 * - `none`: no flow that works now.
 * - `node`: flows from and to pods of one node, or that node's connections to the outside.
 * - `cluster`: flows of all nodes, one after another or at the same time.
 */
export type Risk = 'none' | 'node' | 'cluster';

/** Risks from the smallest to the greatest. */
export const RISKS: readonly Risk[] = ['none', 'node', 'cluster'];

/** What every kind of step has. A step is data: plain JSON, that an actuator carries out. */
interface StepBase {
  /** Name of the node that it changes, or whose object it changes; absent for objects of the whole cluster. */
  readonly node?: string;
  /** What it changes, in the field's own spelling. Two steps of a plan never change the same thing of a node. */
  readonly object: string;
  /** One line for a person, without a period: `add route 10.244.3.0/24 via …`. */
  readonly title: string;
  /** What a person has to know before agreeing, line by line; lines that begin with spaces are text to copy. */
  readonly notes?: readonly string[];
}

/**
 * A kernel entry whose state is lines as the kernel's tools print them, single-spaced. `before` is the
 * precondition, all of it: no line means that there is no entry. `after` is what is to be there. The undo is the
 * same step with both exchanged.
 */
interface EntryStep extends StepBase {
  readonly node: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Lines of `ip -d -4|-6 route show table main exact DST`. */
export interface WriteRouteStep extends EntryStep {
  readonly kind: 'write-route';
  readonly family: IpFamily;
  readonly dst: string;
}

/** Lines of `ip -4|-6 neigh show to ADDRESS dev LINK nud permanent`: entries that may age out count as none. */
export interface WriteNeighbourStep extends EntryStep {
  readonly kind: 'write-neighbour';
  readonly family: IpFamily;
  readonly address: string;
  readonly link: string;
}

/** Lines of `bridge fdb show dev LINK` for one MAC. */
export interface WriteFdbEntryStep extends EntryStep {
  readonly kind: 'write-fdb-entry';
  readonly mac: string;
  readonly link: string;
}

/**
 * Deletes a pod of a DaemonSet and waits until its successor on the node is Ready. There is no undo: what a pod held
 * in memory is gone with it.
 */
export interface RestartPodStep extends StepBase {
  readonly kind: 'restart-pod';
  readonly node: string;
  readonly namespace: string;
  readonly pod: string;
  /** The precondition: it is still this one. */
  readonly uid: string;
  /** Longest wait for the successor, whole seconds. */
  readonly readySeconds: number;
}

/**
 * Adds a space to the end of annotations of a Node, and takes it away again: whoever watches the Node hears of it
 * twice, and the text is afterwards what it was. With `restores` it only takes the space away, if it is there.
 */
export interface PatchNodeAnnotationStep extends StepBase {
  readonly kind: 'patch-node-annotation';
  readonly node: string;
  /** Full keys and whole texts, without the space: the precondition, and what is there in the end. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly restores: boolean;
}

/** Sets a link's MTU. One line each, `ifindex NUMBER mtu BYTES`: a link that was made anew since is another one. */
export interface WriteLinkMtuStep extends EntryStep {
  readonly kind: 'write-link-mtu';
  readonly link: string;
}

/** Deletes a link of flannel's if it still has this number. There is no undo: flanneld makes it anew. */
export interface DeleteLinkStep extends StepBase {
  readonly kind: 'delete-link';
  readonly node: string;
  readonly link: string;
  readonly ifindex: number;
}

/** Writes `/run/flannel/subnet.env`: all of its lines, in order; none means that there is no file. */
export interface WriteFileStep extends EntryStep {
  readonly kind: 'write-file';
}

/**
 * Requests and limits of one container of a DaemonSet's template. `before` is the precondition, all of it; `after` is
 * all that is to be there. It is done when every pod carries it. The undo is the same step with both exchanged.
 */
export interface PatchDaemonSetStep extends StepBase {
  readonly kind: 'patch-daemonset';
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
  readonly before: ContainerResources;
  readonly after: ContainerResources;
  /** How long the rollout may go without another pod that is ready, seconds. */
  readonly podSeconds: number;
}

/**
 * An object that is created, or deleted again. `present` needs that there is none, and never changes one that is
 * there. The undo deletes the object with the UID that was created.
 */
export interface ApplyManifestStep extends StepBase {
  readonly kind: 'apply-manifest';
  /** Path of the object on the API server. */
  readonly path: string;
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly present: boolean;
  /** For the deletion; absent: whichever the field manager `selvage` created. */
  readonly uid?: string;
  /** Path that has to serve at least one item before it is done; absent: nothing is waited for. */
  readonly serves?: string;
  /** Longest wait for that, seconds. */
  readonly waitSeconds: number;
}

/**
 * One field of a Deployment that makes the pods of the cluster's DNS: how many there are, the mark by which they are
 * made anew, or the wish to have them on different nodes. `before` is the precondition, `null` where there is none. The undo is the step with both exchanged.
 */
export interface PatchDeploymentStep extends StepBase {
  readonly kind: 'patch-deployment';
  readonly namespace: string;
  readonly name: string;
  /** The precondition: it is still this one. */
  readonly uid: string;
  readonly change:
    | { readonly field: 'replicas'; readonly before: number; readonly after: number }
    | {
        readonly field: 'restartedAt';
        readonly before: string | null;
        /** ISO-8601, UTC. */
        readonly after: string | null;
      }
    /** Whether its template prefers different nodes for its pods, by a constraint of ours. */
    | { readonly field: 'spread'; readonly before: boolean; readonly after: boolean };
  /** Longest wait for its pods to be ready, whole seconds. */
  readonly readySeconds: number;
}

/**
 * Keeps new pods from a node, or lets them come again. `mark` is the text of an annotation that comes and goes with it:
 * a node that is cordoned without it was cordoned by somebody else. The undo is the step with `cordoned` turned.
 */
export interface CordonNodeStep extends StepBase {
  readonly kind: 'cordon-node';
  readonly node: string;
  /** The precondition: it is still this one. */
  readonly uid: string;
  /** What it is to be. */
  readonly cordoned: boolean;
  /** ISO-8601 UTC, when the plan was made. */
  readonly mark: string;
}

/** One typed change. Each kind has one actuator, `src/actuators/<kind>.ts`. */
export type Step =
  | WriteRouteStep
  | WriteNeighbourStep
  | WriteFdbEntryStep
  | RestartPodStep
  | PatchNodeAnnotationStep
  | WriteLinkMtuStep
  | DeleteLinkStep
  | WriteFileStep
  | PatchDaemonSetStep
  | PatchDeploymentStep
  | ApplyManifestStep
  | CordonNodeStep;

/** Name of a kind of step. */
export type StepKind = Step['kind'];

/** Node of a step of any kind; undefined for one that changes an object of the whole cluster. */
export function nodeOf(step: StepBase): string | undefined {
  return step.node;
}

/** What a step changes and where: two steps with the same target conflict. */
export function targetOf(step: StepBase): string {
  return `${step.node ?? ''} ${step.object}`;
}

/** A finding as remedies and plans know it. */
export interface TreatableFinding {
  /** Stable over runs while the same fault lasts: `check:node:peer:object`. */
  readonly id: string;
  readonly check: string;
  readonly severity: Severity;
  readonly node?: string;
  /** The finding rendered for a person. */
  readonly message: string;
  readonly finding: Finding;
}

/** What a person has to do where no step can: exact text for this distribution and node. */
export interface ManualRemedy {
  /** One line, without a period. */
  readonly title: string;
  /** Where to run the commands or put the text: `on node2`, `in the Talos machine config of node2`. */
  readonly where: string;
  /** Commands or configuration, line by line. */
  readonly lines: readonly string[];
  /** Commands that show that it helped. */
  readonly verify: readonly string[];
}

/** What a stage is for. */
export interface PlannedFinding {
  readonly id: string;
  readonly check: string;
  readonly severity: Severity;
  readonly node?: string;
  readonly peer?: string;
  readonly object?: string;
  readonly message: string;
}

/** Steps of one remedy on one node, proven together: the unit that is verified, undone and followed by a stronger one. */
export interface Stage {
  readonly remedy: string;
  readonly title: string;
  /** Absent: the whole cluster. */
  readonly node?: string;
  readonly risk: Risk;
  /** What can be disturbed and for how long, one or more sentences. */
  readonly disturbance: string;
  readonly treats: readonly PlannedFinding[];
  /** At least one, in order. */
  readonly steps: readonly Step[];
  /** Why no smaller remedy serves, one sentence each. */
  readonly whyNotSmaller: readonly string[];
  /** Time that the remedy may take to show, milliseconds: until then what is still there is looked at again. */
  readonly settlesWithinMs: number;
  /** When it did not verify on a node, the same remedy is not begun on the next. */
  readonly haltsOnFailure: boolean;
  /** Nodes besides `node` to read again for the proof, because the findings name them as peers. */
  readonly peers: readonly string[];
}

/** A finding that no stage treats, and why. */
export interface Untreated {
  readonly finding: PlannedFinding;
  readonly reasons: readonly string[];
  readonly manual?: ManualRemedy;
  /** The smallest risk of a remedy that would treat it but is greater than allowed. */
  readonly needsRisk?: Risk;
}

/** Version of the plan's shape. */
export const PLAN_SCHEMA_VERSION = 1;

/** What to change, in order: stages of one node together, the node that carries our own way in last. */
export interface Plan {
  readonly schemaVersion: typeof PLAN_SCHEMA_VERSION;
  readonly kind: 'Plan';
  /** ISO-8601 UTC. */
  readonly madeAt: string;
  /** UID of the cluster; absent when it may not be read. */
  readonly cluster?: string;
  readonly maxRisk: Risk;
  readonly stages: readonly Stage[];
  readonly untreated: readonly Untreated[];
  /** Conflicts that were resolved, and the reason of the order where it is not plain. */
  readonly notes: readonly string[];
  /** Why nothing is planned although there are findings: the picture is too unknown. One sentence each. */
  readonly refusals: readonly string[];
}
