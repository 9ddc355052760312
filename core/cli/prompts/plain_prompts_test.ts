import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { isKind } from "../../common/errors.ts";
import { makePlainPrompts } from "./plain_prompts.ts";
import type { Prompts } from "./terminal_prompts.ts";

const signal = new AbortController().signal;
const cancelled = (error: unknown) => isKind(error, "cancelled");

/** Asks, types a line after each output of the prompts, and returns the whole text. */
async function answered<T>(
  lines: readonly string[],
  ask: (prompts: Prompts) => Promise<T>,
): Promise<{ answer: T; text: string }> {
  const input = new PassThrough(), output = new PassThrough();
  let text = "";
  output.on("data", (bytes) => text += bytes);
  const asked = ask(makePlainPrompts({ input, output }));
  for (const line of lines) {
    await new Promise((resolve) => setImmediate(resolve));
    input.write(line + "\n");
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { answer: await asked, text };
}

Deno.test("a choice is a numbered list, answered by a number", async () => {
  const choices = [{ value: 10, label: "one", hint: "the first" }, { value: 20, label: "two" }];
  const { answer, text } = await answered(
    ["x", "3", "2"],
    (prompts) => prompts.select("Which?", choices, signal),
  );
  assert.equal(answer, 20);
  const wanted = "Type a number from 1 to 2 and press Enter.\n";
  assert.equal(text, `Which?\n1. one, the first.\n2. two.\n${wanted.repeat(3)}`);
});

Deno.test("yes must be typed; a word must be typed completely; Enter alone means no", async () => {
  for (const [line, yes] of [["y", true], ["YES", true], ["", false], ["no", false]] as const) {
    const { answer } = await answered([line], (prompts) => prompts.confirm("Write?", signal));
    assert.equal(answer, yes, line);
  }
  const type = (prompts: Prompts) => prompts.typeWord("Burn the fuse?", "BURN", signal);
  assert.equal((await answered(["BURN"], type)).answer, true);
  assert.equal((await answered([""], type)).answer, false);
  const twice = await answered(["burn", "BURN"], type);
  assert.equal(twice.answer, true);
  assert.match(twice.text, /That is not BURN\.\n$/);
});

Deno.test("a refused line is asked for again", async () => {
  const { answer, text } = await answered(
    ["a", "b"],
    (prompts) => prompts.line("Name?", (line) => line === "a" ? "Not a." : undefined, signal),
  );
  assert.deepEqual([answer, text], ["b", "Name?\nNot a.\n"]);
});

Deno.test("the end of the input and a signal cancel; the cursor never moves", async () => {
  const input = new PassThrough(), output = new PassThrough();
  const asked = makePlainPrompts({ input, output }).confirm("Write?", signal);
  input.end();
  await assert.rejects(asked, cancelled);
  const stop = new AbortController();
  const { confirm } = makePlainPrompts({ input: new PassThrough(), output });
  const stopped = confirm("Write?", stop.signal);
  stop.abort();
  await assert.rejects(stopped, cancelled);
  assert.ok(!String(output.read()).includes("\x1b"));
});
