// SPDX-License-Identifier: Apache-2.0
import { generate } from 'selfsigned';

/** A server certificate, its own authority, and its private key, as PEM text. */
export interface ServerCertificate {
  certificate: string;
  privateKey: string;
}

/** Makes a certificate for 127.0.0.1, ::1 and localhost that is valid from yesterday for a year. */
export async function makeServerCertificate(now: Date): Promise<ServerCertificate> {
  const dayMs = 24 * 60 * 60 * 1000;
  const made = await generate([{ name: 'commonName', value: 'simulated-kube-apiserver' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(now.getTime() - dayMs),
    notAfterDate: new Date(now.getTime() + 365 * dayMs),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
          { type: 2, value: 'localhost' },
        ],
      },
    ],
  });
  return { certificate: made.cert, privateKey: made.private };
}
