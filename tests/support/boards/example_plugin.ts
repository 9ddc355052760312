import { projectRoot } from "../../../tools/targets.ts";

/** The page about families from outside. */
export function pluginPage(): string {
  return Deno.readTextFileSync(new URL("docs/plugins.md", projectRoot));
}

/** The family that the page shows whole, as a file for `--plugin`. */
export function examplePlugin(): string {
  return /```js\n(.*?)```/s.exec(pluginPage())![1];
}
