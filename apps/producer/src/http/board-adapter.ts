// Takes from bull-board what looks and leaves what acts: its reading calls, its files and its page, without foreign addresses.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { AppControllerRoute, BullBoardQueues, IServerAdapter, UIConfig } from '@bull-board/api/typings/app';
import type { RawQueue } from '@outpaint/shared/queue/raw-queues';

type Answer = ReturnType<AppControllerRoute['handler']>;

export interface Board {
  /** Where its files lie, to be served below `static/`. */
  readonly filesFolder: string;
  readonly pagePaths: readonly string[];
  /** HTML for a page whose addresses begin with `basePath`. */
  page(basePath: string): string;
  readonly calls: readonly {
    readonly path: string;
    ask(request: { params: unknown; query: unknown }): Answer;
  }[];
}

const UI: UIConfig = {
  boardTitle: 'outpaint',
  hideDocsLink: true,
  // Addresses and figures of Redis, and of the machines that are connected to it, are not about queues.
  hideRedisDetails: true,
  showWorkers: false,
  showMetrics: false,
  miscLinks: [{ text: 'Console', url: '/' }],
};
const LEFT_OUT = /^\/api\/(redis\/|queues\/:queueName\/workers$)/;

const listOf = <T>(one: T | readonly T[]): readonly T[] => (Array.isArray(one) ? one : [one as T]);

/**
 * Its own page asks a foreign host for fonts and styles itself inline; of it we keep its script and style files, whose
 * names hold a hash of their content.
 */
const pageOf = (theirs: string, basePath: string, ui: UIConfig): string => {
  const styles = [...theirs.matchAll(/href="(static\/[\w./-]+\.css)"/g)].map(([, path]) => path);
  const scripts = [...theirs.matchAll(/src="(static\/[\w./-]+\.js)"/g)].map(([, path]) => path);
  return [
    '<!doctype html><html lang="en" dir="ltr"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">',
    `<base href="${basePath}"><title>outpaint</title><link rel="icon" type="image/png" href="static/favicon-32x32.png">`,
    ...styles.map((path) => `<link href="${path}" rel="stylesheet">`),
    '</head><body class="preload">',
    // Data, which no browser runs and no policy concerns.
    `<script id="__UI_CONFIG__" type="application/json">${JSON.stringify(ui).replaceAll('<', '\\u003c')}</script>`,
    '<div id="root"></div>',
    ...scripts.map((path) => `<script defer src="${path}"></script>`),
    '</body></html>',
  ].join('\n');
};

/** Calls that change something are not taken over at all, so there is nothing that could be allowed by mistake. */
export const createBoard = (queues: () => readonly RawQueue[]): Board => {
  let folder = '';
  let shown: BullBoardQueues = new Map();
  let ui: UIConfig = {};
  let pagePaths: readonly string[] = [];
  let calls: readonly AppControllerRoute[] = [];
  const adapter: IServerAdapter = {
    setQueues: (given) => {
      shown = given;
      return adapter;
    },
    setViewsPath: (path) => {
      folder = path;
      return adapter;
    },
    setStaticPath: () => adapter,
    setEntryRoute: ({ route }) => {
      pagePaths = listOf(route);
      return adapter;
    },
    setErrorHandler: () => adapter,
    setApiRoutes: (routes) => {
      calls = routes.filter(({ method }) => listOf(method).every((each) => each === 'get'));
      return adapter;
    },
    setUIConfig: (config) => {
      ui = config;
      return adapter;
    },
  };
  const { addQueue } = createBullBoard({ queues: [], serverAdapter: adapter, options: { uiConfig: UI } });
  // Opened when somebody looks: a server that nobody asks for its queues has none.
  const open = (): BullBoardQueues => {
    if (shown.size === 0)
      for (const queue of queues()) addQueue(new BullMQAdapter(queue, { readOnlyMode: true, allowRetries: false }));
    return shown;
  };
  const theirs = readFileSync(join(folder, 'index.ejs'), 'utf8');
  return {
    filesFolder: join(folder, 'static'),
    pagePaths,
    page: (basePath) => pageOf(theirs, basePath, ui),
    calls: calls
      .flatMap((call) => listOf(call.route).map((path) => ({ path, call })))
      .filter(({ path }) => !LEFT_OUT.test(path))
      .map(({ path, call }) => ({
        path,
        ask: ({ params, query }) =>
          call.handler({
            queues: open(),
            uiConfig: ui,
            params: params as never,
            query: query as never,
            body: {},
            headers: {},
          }),
      })),
  };
};
