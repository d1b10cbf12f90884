/**
 * The folder of package.json as a `file:` URL with a trailing slash, for what ships beside the code
 * (presets, model weights). The compiled files stand one folder deeper than the sources.
 */
export const packageRoot: URL = new URL(
  import.meta.url.includes("/dist/pipeline/core/") ? "../../../" : "../../",
  import.meta.url,
);
