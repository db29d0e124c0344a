// SPDX-License-Identifier: Apache-2.0

import manifest from '../../../../package.json' with { type: 'json' };

/** Version of Selvage, as in package.json; the bundle carries it. */
export const TOOL_VERSION: string = manifest.version;
