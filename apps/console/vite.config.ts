// How the console is built: no inline script or style, no foreign address, names by content.
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  resolve: { conditions: ['source', 'module', 'browser', 'production'] },
  build: {
    target: 'es2022',
    // A polyfill would be an inline script, which the policy of the page refuses.
    modulePreload: { polyfill: false },
    // As a data: address a picture is inside the script; nothing here is so small.
    assetsInlineLimit: 0,
    sourcemap: false,
  },
});
