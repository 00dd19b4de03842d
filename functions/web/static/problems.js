/** What went wrong, told apart by what may be done about it, and in plain words. */

/**
 * A request that did not do what it was to do.
 *
 * Attributes:
 *   kind: `unreachable` (no connection), `unanswered` (no reply in time), `busy` (an answer after which the same
 *     request may be sent again: 429 and 5xx), `refused` (any other answer).
 *   status: the answer's; 0 if there is none.
 *   problem: its problem document (RFC 9457), or what a gateway said in place of one.
 *   retryAfter: how many milliseconds the answer asks to wait.
 */
export class RequestFailed extends Error {
  /**
   * @param {'unreachable' | 'unanswered' | 'busy' | 'refused'} kind
   * @param {number} [status]
   * @param {Record<string, any>} [problem]
   * @param {number | null} [retryAfter]
   */
  constructor(kind, status = 0, problem = {}, retryAfter = null) {
    super(inWords(kind, status, problem));
    this.name = 'RequestFailed';
    this.kind = kind;
    this.status = status;
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  /** The type of the problem, such as `version-gone`; empty for what a gateway answers. */
  get type() {
    return typeof this.problem.type === 'string' ? this.problem.type : '';
  }

  /** Whether it is known that nothing has come of the request, and that nothing will. */
  get isDefinite() {
    return this.kind === 'refused';
  }
}

/** What the service says of these is written for programs. */
const OF_TYPE = new Map([
  ['not-found', 'This is not there any more.'],
  ['already-exists', 'There is one of this name already. Choose another name.'],
  ['busy', 'The service is busy, and nothing was changed. Try again shortly.'],
  ['outcome-unknown', 'It is not certain whether this was done. Try again: it is done once at most.'],
  ['internal-error', 'Something broke at the service. Try again: it is done once at most.'],
  ['budget-spent', "This may cost more than is left of the month's limit. Ask for less, or have the limit raised."],
  ['precondition-failed', 'Somebody else changed this meanwhile. Look at it, and try again.'],
  ['version-gone', 'This version is not kept any more.'],
]);

const OF_STATUS = new Map([
  [401, 'Your sign-in has ended. Sign in again; what you changed is kept.'],
  [403, 'You may not see or change this. Ask its owner for access.'],
  [404, 'This is not there any more.'],
  [413, 'That is too much to send at once. Make it smaller and try again.'],
  [429, 'There are too many requests at the moment. Try again shortly.'],
]);

const NOT_ABLE = 'The service is not able to do this at the moment. Try again shortly.';

/**
 * @param {string} kind
 * @param {number} status
 * @param {Record<string, any>} problem
 * @returns {string}
 */
function inWords(kind, status, problem) {
  if (kind === 'unreachable') return 'The service cannot be reached at the moment. Try again shortly.';
  if (kind === 'unanswered') return 'The service did not answer in time. Try again: it is done once at most.';
  const { type, detail, errors } = problem;
  if (type === 'deleted') {
    const until = new Date(problem.restorableUntil).toLocaleDateString(undefined, { dateStyle: 'long' });
    return `This ${problem.kind} was deleted. It can be restored until ${until}.`;
  }
  if (Array.isArray(errors) && errors.length) {
    return errors.map(({ field, message }) => `${sentence(fieldInWords(field), String(message))}.`).join(' ');
  }
  return OF_TYPE.get(type) ?? OF_STATUS.get(status) ?? (typeof detail === 'string' ? detail : NOT_ABLE);
}

/**
 * What is said of a field is the rest of a sentence, as `must not be blank`, or stands by itself.
 *
 * @param {string} field
 * @param {string} message
 */
function sentence(field, message) {
  return message.startsWith('must ') ? `${field} ${message}` : `${field}: ${message}`;
}

/**
 * A field as people know it: `/outputSlots/0/settings/promptText` is the prompt text.
 *
 * @param {unknown} pointer
 */
function fieldInWords(pointer) {
  const name =
    String(pointer)
      .split('/')
      .filter((step) => step && !/^\d+$/.test(step))
      .at(-1) ?? 'It';
  const words = name.replace(/([a-z])([A-Z])/g, (_, before, after) => `${before} ${after.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
