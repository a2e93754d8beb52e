// What the trial found out: one answer for each open question, with how sure it is and which exchanges show it.

/** `observed`: seen here. `lower_bound`: seen, and more may be possible. `not_settled`: this run could not tell. */
export type Certainty = 'observed' | 'lower_bound' | 'not_settled';

/** The questions that the API's documentation leaves open, or answers in two ways. */
export const QUESTIONS = {
  key_shape: 'What does the key look like?',
  unknown_task: 'What is answered about a task that nobody made?',
  zero_extension: 'How does a request end that extends nothing, and does it cost anything?',
  cancel: 'Can a PENDING task be cancelled?',
  list_delay: 'How long is a new task missing from the list?',
  list_request_id: "Is a list row's request_id that of the submit?",
  list_timezone: 'In which zone are start_time and end_time of the list?',
  list_page_size: 'How many rows does a page of the list give at most?',
  times_timezone: "In which zone are a task's times?",
  statuses: 'Which statuses does a task go through, and is SUSPENDED one of them?',
  concurrency: 'How many tasks are at work at once, and what becomes of more?',
  result_expires: "How long does a result's address last?",
  result_resign: 'Does asking again sign the address anew?',
  result_host: 'On which host do results lie?',
  result_head: "Is HEAD of a result's address allowed?",
  result_headers: 'Which headers does a result have, and is its ETag an MD5?',
  limit_image_size: 'What does limit_image_size do to the size in pixels?',
  watermark: 'In which corner is the watermark?',
  retry_after: 'Does the API send Retry-After?',
  api_headers: 'Which headers do answers of the API have?',
  base64: 'Is a picture as base64 taken for image_url?',
  size_code: 'With which code does a picture end that is too small?',
  url_charset: 'May an address hold characters beyond ASCII?',
  regions: 'Is the model served outside Beijing?',
  inspection_billing: 'Is a result that was blocked by inspection billed?',
} as const;
export type QuestionId = keyof typeof QUESTIONS;

export interface Answer {
  readonly id: QuestionId;
  readonly question: string;
  readonly certainty: Certainty;
  /** One sentence. */
  readonly answer: string;
  /** Plain values behind it. */
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface Answers {
  settle(id: QuestionId, certainty: Certainty, answer: string, facts?: Record<string, unknown>): void;
  isObserved(id: QuestionId): boolean;
  /** One for each question, in order; what nobody settled says so. */
  all(): Answer[];
}

const NOT_ASKED: Partial<Record<QuestionId, string>> = {
  size_code: 'Not seen: it takes a picture that is too small, at an address or as base64 where that is taken.',
  url_charset: 'Not tried: it takes an address of that kind; outpaint always percent-encodes what it sends.',
  regions: 'Not tried: it takes a key of another region.',
  inspection_billing: "Not tried: it takes a picture that is blocked, and the account's bill to look at.",
};

export const createAnswers = (): Answers => {
  const found = new Map<QuestionId, Answer>();
  return {
    settle: (id, certainty, answer, facts = {}) => {
      found.set(id, { id, question: QUESTIONS[id], certainty, answer, facts });
    },
    isObserved: (id) => found.get(id)?.certainty === 'observed',
    all: () =>
      (Object.keys(QUESTIONS) as QuestionId[]).map(
        (id) =>
          found.get(id) ?? {
            id,
            question: QUESTIONS[id],
            certainty: 'not_settled',
            answer: NOT_ASKED[id] ?? 'The run ended before this could be seen.',
            facts: {},
          },
      ),
  };
};
