// SPDX-License-Identifier: Apache-2.0

import type { DebugPod } from '#sources/node-access/debug-pod/debug-pod-manifest.ts';
import { SourceError } from '#sources/source-error.ts';

/** An image and whether it may be pulled. */
export type ChosenImage = Pick<DebugPod, 'image' | 'pullPolicy'>;

/** A reference of an image (distribution/reference@v0.6.0:regexp.go), without its finer rules. */
const REFERENCE = /^[a-z0-9][A-Za-z0-9._:/-]{0,254}(?:@sha256:[0-9a-f]{64})?$/;

/** Repositories whose images have `sh` and `ip`, those with iproute2 first. */
const KNOWN: readonly RegExp[] = [
  /(?:^|\/)flannel$/,
  /(?:^|\/)(?:hardened-calico|mirrored-calico-node|calico-node|calico\/node)$/,
  /(?:^|\/)(?:netshoot|nettools|network-multitool)$/,
  /(?:^|\/)(?:klipper-lb|alpine|mirrored-library-busybox|busybox|hardened-flannel)$/,
];

/** Whether a text can name an image. */
function isImageReference(text: string): boolean {
  return REFERENCE.test(text);
}

/**
 * An image for a debug pod on a node that is there already: that of flannel's pods, else one that is known to have `sh`
 * and `ip`. The kubelet reports only its 50 largest images, so flannel's is taken without being listed too, and pulled
 * if it has to be.
 *
 * @param onNode names of the images that the node reports
 * @throws SourceError `no-debug-image`
 */
export function chooseImage(
  node: string,
  onNode: readonly string[],
  flannelImage: string | undefined,
): ChosenImage {
  const listed = onNode.filter((image) => isImageReference(image) && !image.includes('@'));
  if (flannelImage !== undefined && isImageReference(flannelImage)) {
    const isThere = onNode.some((image) => fullName(image) === fullName(flannelImage));
    return { image: flannelImage, pullPolicy: isThere ? 'Never' : 'IfNotPresent' };
  }
  for (const known of KNOWN) {
    const image = listed.find((each) => known.test(repositoryOf(each)));
    if (image !== undefined) return { image, pullPolicy: 'Never' };
  }
  throw new SourceError('no-debug-image', { operation: 'debug pod', target: `node ${node}` });
}

function repositoryOf(image: string): string {
  const colon = image.lastIndexOf(':');
  return colon > image.lastIndexOf('/') ? image.slice(0, colon) : image;
}

/** Runtimes list `docker.io/library/busybox:1` for what a pod calls `busybox:1`. */
function fullName(image: string): string {
  const [first = '', ...rest] = image.split('/');
  if (rest.length === 0) return `docker.io/library/${image}`;
  return /[.:]|^localhost$/.test(first) ? image : `docker.io/${image}`;
}
