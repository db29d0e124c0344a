// SPDX-License-Identifier: Apache-2.0

/** The bridge that flannel's CNI plugin has made for the first pod of a node (flannel-io/cni-plugin:flannel_linux.go). */
export const CNI_BRIDGE = 'cni0';
