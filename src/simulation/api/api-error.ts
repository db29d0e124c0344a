// SPDX-License-Identifier: Apache-2.0

/** One cause in the details of a Status. */
export interface StatusCause {
  reason: string;
  message: string;
  field?: string;
}

/** The `details` of a Status. */
export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

/** The API's own error (or success) object, `meta/v1` Status. */
export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: Record<string, never>;
  status: 'Failure' | 'Success';
  message?: string;
  reason?: string;
  details?: StatusDetails;
  /** HTTP status code. */
  code?: number;
}

/** What an error is about: a resource, and the object's name when one was named. */
export interface ErrorSubject {
  group: string;
  /** Plural, as errors of the API server name it. */
  resource: string;
  name?: string;
}

/**
 * A request that ends in a Status. Wordings follow
 * kubernetes@v1.34.4:staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go.
 */
export class ApiError extends Error {
  readonly status: Status;
  /** HTTP status code. */
  readonly code: number;

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason,
      ...(details === undefined ? {} : { details }),
      code,
    };
  }
}

/** 404 for an object that is not stored. */
export function notFound(subject: ErrorSubject): ApiError {
  return new ApiError(
    404,
    'NotFound',
    `${qualified(subject)} "${subject.name ?? ''}" not found`,
    detailsOf(subject),
  );
}

/** A path that the server does not serve: answered with 404 in plain text, without a Status. */
export class UnknownPath extends Error {
  constructor() {
    super('404 page not found');
    this.name = 'UnknownPath';
  }
}

/** Turned away by API priority and fairness: answered with 429 in plain text, without a Status. */
export class TooManyRequests extends Error {
  /** Whole seconds. */
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super('Too many requests, please try again later.');
    this.name = 'TooManyRequests';
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** 405 for a verb that the resource lacks. */
export function methodNotAllowed(): ApiError {
  return new ApiError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );
}

/** 409 for a create whose name is taken. */
export function alreadyExists(subject: ErrorSubject): ApiError {
  return new ApiError(
    409,
    'AlreadyExists',
    `${qualified(subject)} "${subject.name ?? ''}" already exists`,
    detailsOf(subject),
  );
}

/** 409 for a write that lost a race, or whose fields belong to another manager. */
export function conflict(subject: ErrorSubject, message: string): ApiError {
  return new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(subject)} "${subject.name ?? ''}": ${message}`,
    detailsOf(subject),
  );
}

/** 400 for a request that cannot be understood. */
export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message);
}

/** 401 for a token that belongs to nobody. */
export function unauthorized(): ApiError {
  return new ApiError(401, 'Unauthorized', 'Unauthorized');
}

/** 410 for a resourceVersion or continue token that the server no longer holds. */
export function expired(message: string): ApiError {
  return new ApiError(410, 'Expired', message);
}

/** 415 for a body in a format that the endpoint does not take. */
export function unsupportedMediaType(message: string): ApiError {
  return new ApiError(415, 'UnsupportedMediaType', message, {});
}

/** 422 for an object that validation refuses. */
export function invalid(kind: string, subject: ErrorSubject, causes: StatusCause[]): ApiError {
  const listed = causes.map((cause) => `${cause.field ?? ''}: ${cause.message}`);
  const text = listed.length === 1 ? (listed[0] ?? '') : `[${listed.join(', ')}]`;
  return new ApiError(
    422,
    'Invalid',
    `${kind}${subject.group === '' ? '' : `.${subject.group}`} "${subject.name ?? ''}" is invalid: ${text}`,
    { ...detailsOf(subject), kind, causes },
  );
}

/** 500 for what went wrong behind the API server; the prefix is not repeated. */
export function internalError(message: string): ApiError {
  const prefix = 'Internal error occurred: ';
  const text = message.startsWith(prefix) ? message : `${prefix}${message}`;
  return new ApiError(500, 'InternalError', text, { causes: [{ reason: '', message: text }] });
}

/** The Status of a request that succeeded and has no object to show. */
export function successStatus(details?: StatusDetails): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    ...(details === undefined ? {} : { details }),
  };
}

/** `nodes` or `daemonsets.apps`. */
export function qualified(subject: { group: string; resource: string }): string {
  return subject.group === '' ? subject.resource : `${subject.resource}.${subject.group}`;
}

function detailsOf(subject: ErrorSubject): StatusDetails {
  return {
    ...(subject.name === undefined ? {} : { name: subject.name }),
    ...(subject.group === '' ? {} : { group: subject.group }),
    kind: subject.resource,
  };
}
