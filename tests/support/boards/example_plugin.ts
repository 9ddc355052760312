import { projectRoot } from "../../../tools/targets.ts";

/** Returns the page about families from outside. */
export function pluginPage(): string {
  return Deno.readTextFileSync(new URL("docs/plugins.md", projectRoot));
}

/** Returns the complete family that the page shows, as a file for `--plugin`. */
export function examplePlugin(): string {
  return /```js\n(.*?)```/s.exec(pluginPage())![1];
}
