// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { chooseImage } from '#sources/node-access/debug-pod/choose-image.ts';

const DIGEST = `@sha256:${'0'.repeat(64)}`;

describe('chooseImage', () => {
  it.each([
    ['ghcr.io/flannel-io/flannel:v0.28.9', 'ghcr.io/flannel-io/flannel:v0.28.9'],
    ['docker.io/flannel/flannel:v0.26.7', 'flannel/flannel:v0.26.7'],
    ['docker.io/library/flannel:1', 'flannel:1'],
  ])('takes flannel’s own where the node lists it as %s', (listed, flannel) => {
    expect(chooseImage('n1', [listed], flannel)).toEqual({ image: flannel, pullPolicy: 'Never' });
  });

  it('takes flannel’s own without its being listed, and lets it be pulled', () => {
    expect(chooseImage('n1', ['docker.io/library/busybox:1'], 'flannel/flannel:v1')).toEqual({
      image: 'flannel/flannel:v1',
      pullPolicy: 'IfNotPresent',
    });
  });

  it('takes one with iproute2 before one without, whatever their order', () => {
    const images = ['docker.io/rancher/klipper-lb:v0.4.9', 'quay.io/calico/node:v3.28.1'];

    expect(chooseImage('n1', images, undefined)).toEqual({
      image: 'quay.io/calico/node:v3.28.1',
      pullPolicy: 'Never',
    });
  });

  it.each([
    [[]],
    [['docker.io/library/node:22']],
    [[`docker.io/library/busybox${DIGEST}`]],
    [['busybox:1 --privileged']],
    [['-busybox:1']],
    [['docker.io/evil/not-busybox:1']],
  ])('knows none among %j', (images) => {
    expect(() => chooseImage('n1', images, undefined)).toThrow('no image for a debug pod');
  });

  it('does not take what is no reference for flannel’s own', () => {
    expect(() => chooseImage('n1', [], 'flannel:1\nx')).toThrow('no image for a debug pod');
  });
});
